import type { OptionTest } from "../components/option-kinds.ts"
import { assertOptions, type KnownOptions, type OptionKind } from "../components/options.ts"
import type { Prompt } from "../components/prompt.ts"
import type { Resource } from "../components/resource.ts"
import type { Template } from "../components/template.ts"
import type { Tool } from "../components/tool.ts"
import { InvalidOption, quoted } from "../errors/server.ts"
import type { Call } from "../protocol/call.ts"
import { defineMiddleware } from "../server/define-middleware.ts"
import type { Middleware, MiddlewareHooks } from "../server/middleware.ts"
import type { MiddlewareServer } from "../server/middleware-view.ts"
import { isTexts } from "../shared/is-texts.ts"
import { scoped } from "../storage/scoped.ts"
import type { StorageDriver } from "../storage/storage.ts"
import { keepInMemory } from "./cache-memory.ts"
import type { CachedMethod, SharedBy, Subject } from "./cache-place.ts"
import { type Cacheable, type MethodRule, ServerCache } from "./cache-server.ts"
import { type AllCounts, type CacheStatistics, noCounts } from "./cache-statistics.ts"
import { cacheStatus } from "./cache-status.ts"
import { keepInStorage } from "./cache-storage.ts"
import { type Change, type ResultStore, toChange } from "./cache-store.ts"
import { withHandle } from "./shared-handle.ts"

export type { CachedMethod, SharedBy } from "./cache-place.ts"
export type { CacheStatistics } from "./cache-statistics.ts"
export { type CacheStatus, cacheStatus } from "./cache-status.ts"

/** How results of a method are kept. */
export interface CacheRule {
  /** Milliseconds for which a result is served. A shorter `ttlMs` of the result itself counts. Default 60,000. */
  readonly ttlMs?: number
  /**
   * What else a result depends on, such as a header: calls with another text get another result, and calls without a
   * text (`undefined`) none from memory. Default: nothing else.
   */
  readonly vary?: (call: Call) => string | undefined
}

/** How results of components are kept. */
export interface CallCacheRule<C> extends CacheRule {
  /** Of which components: names, or URIs and templates of resources, or a function that says so. Default: all. */
  readonly only?: readonly string[] | ((component: C) => boolean)
  /**
   * Who gets what one caller got: calls of the same `session`, which are those of the same principal where there are no
   * sessions; those of the same `principal`; or `everyone`, for what is public. Default `session`.
   */
  readonly sharedBy?: SharedBy
}

/** How results of tools are kept: only of those that are named. */
export interface ToolCacheRule extends CallCacheRule<Tool> {
  /** Of which tools: names, or a function that says so. */
  readonly only: readonly string[] | ((tool: Tool) => boolean)
}

/** What is kept, where, and how much of it. Nothing is kept that is not named. */
export interface CacheOptions {
  /** Results of tools. Default: none. */
  readonly callTool?: ToolCacheRule | false
  /** What resources give. Default `false`. */
  readonly readResource?: CallCacheRule<Resource | Template> | boolean
  /** What prompts give. Default `false`. */
  readonly getPrompt?: CallCacheRule<Prompt> | boolean
  /** Lists of tools. The server has them in memory itself, unless a provider must be waited for. Default `false`. */
  readonly listTools?: CacheRule | boolean
  /** Lists of resources. Default `false`. */
  readonly listResources?: CacheRule | boolean
  /** Lists of templates. Default `false`. */
  readonly listTemplates?: CacheRule | boolean
  /** Lists of prompts. Default `false`. */
  readonly listPrompts?: CacheRule | boolean
  /** Where results are kept: in the storage of the `"server"`, or in one of their own. Default: in memory. */
  readonly storage?: StorageDriver | "server"
  /** The largest result that is kept, in bytes of JSON. Default 1 MiB. */
  readonly maxItemBytes?: number
  /** The most results in memory. Default 10,000. */
  readonly maxEntries?: number
  /** The most bytes of results in memory, as JSON and with their keys. Default 32 MiB. */
  readonly maxBytes?: number
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
}

/** Names what is out of date. */
export interface Invalidation {
  /** All results of a tool, by its name. */
  readonly tool?: string
  /** What was read of a resource, by its URI. */
  readonly uri?: string
  /** All results of a prompt, by its name. */
  readonly prompt?: string
}

/** A middleware that answers from memory. */
export type ResponseCache = Middleware & {
  /** Says what was done with calls, for each method that is kept, in all servers that have it. */
  statistics(): { readonly [method in CachedMethod]?: CacheStatistics }
  /** Forgets what is out of date. What runs at the time is not kept. Rejects where the storage fails. */
  invalidate(what: Invalidation): Promise<void>
  /** Forgets everything. Rejects where the storage fails. */
  clear(): Promise<void>
}

/**
 * Makes a middleware that answers equal calls from memory: of the tools that are named, and of resources, prompts and
 * lists where that is said. Calls are equal that have the same component, version and arguments, and come from the same
 * caller. Failures, questions to the client, and further rounds of a call that asked are never kept. Of equal calls at the
 * same time, one runs. What the server announces as changed is forgotten.
 *
 * @param options What is kept; `storage`, `maxItemBytes`, `maxEntries`, `maxBytes`, and `now` for tests.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} An option cannot be what it is, or nothing is to be kept.
 * @see https://www.rfc-editor.org/rfc/rfc9111 for whose rules these are, as far as they fit
 * @example
 * const results = cache({ callTool: { only: ["search"], ttlMs: 300_000 }, readResource: true })
 * const mcp = new FleetMCP("Library", { middleware: [results] })
 */
export function cache(options: CacheOptions): ResponseCache {
  assertCacheOptions(options)
  const rules = methods.flatMap((method) => toRule(method, options[method.method]))
  if (rules.length === 0)
    throw new InvalidOption("What `cache()` keeps", "nothing", 'Say it: `callTool: { only: ["search"] }`.')
  const counts: AllCounts = Object.fromEntries(rules.map(({ method }) => [method, noCounts()]))
  const caches = new Set<ServerCache>()

  function attach(server: MiddlewareServer): MiddlewareHooks {
    const { maxItemBytes = 1024 * 1024, now = Date.now } = options
    const store = storeOf(server, { options, rules, counts })
    const own = new ServerCache({ server, store, counts, maxItemBytes, now })
    caches.add(own)
    server.onClose(() => {
      own.close()
      caches.delete(own)
    })
    // Each takes the calls of its own method, and gives the outcomes of it.
    return Object.fromEntries<unknown>(rules.map((rule) => [rule.method, own.hook(rule)])) as MiddlewareHooks
  }

  async function drop(changes: readonly Change[]): Promise<void> {
    await Promise.all([...caches].flatMap((own) => changes.map((change) => own.drop(change))))
  }

  const layer = defineMiddleware({
    name: "cache",
    after: ["errors", "timing", "logging", "auth", "rateLimit"],
    provides: [cacheStatus],
    attach,
  })
  return withHandle(layer, {
    statistics: () => structuredClone(counts),
    invalidate: async (what: Invalidation) => drop(toChanges(what)),
    clear: () => drop(subjects.map((subject) => ({ subject }))),
  })
}

interface StoreParts {
  readonly options: CacheOptions
  readonly rules: readonly MethodRule[]
  readonly counts: AllCounts
}

function storeOf(server: MiddlewareServer, { options, rules, counts }: StoreParts): ResultStore {
  const { storage, maxEntries = 10_000, maxBytes = 32 * 1024 * 1024, now = Date.now } = options
  if (storage === undefined) return keepInMemory({ maxEntries, maxBytes, now, counts })
  const { info, log } = server
  const open = async () =>
    storage === "server" ? server.storage("cache") : scoped(storage, "middleware.cache")
  const longestMs = Math.max(...rules.map(({ ttlMs }) => ttlMs))
  return keepInStorage({ open, info, log, now, longestMs })
}

interface Method {
  readonly method: CachedMethod
  readonly subject: Subject
  readonly isList?: boolean
}

const methods: readonly Method[] = [
  { method: "callTool", subject: "tool" },
  { method: "readResource", subject: "resource" },
  { method: "getPrompt", subject: "prompt" },
  { method: "listTools", subject: "tool", isList: true },
  { method: "listResources", subject: "resource", isList: true },
  { method: "listTemplates", subject: "resource", isList: true },
  { method: "listPrompts", subject: "prompt", isList: true },
]

const subjects: readonly Subject[] = ["tool", "resource", "prompt"]

function toRule(
  { method, subject, isList = false }: Method,
  given: CacheOptions[CachedMethod],
): MethodRule[] {
  if (given === undefined || given === false) return []
  // Each was checked; what one has not, it leaves at its default.
  const rule: CallCacheRule<never> = given === true ? {} : (given as CallCacheRule<never>)
  const { ttlMs = 60_000, vary, only, sharedBy = "session" } = rule
  return [
    {
      method,
      subject,
      isList,
      ttlMs,
      vary,
      admits: toTest(only),
      // What a list shows depends on the caller and on what is hidden from its session, which is in the key.
      sharedBy: isList ? "principal" : sharedBy,
    },
  ]
}

/** Says for each component once whether its results are kept. */
function toTest(only: CallCacheRule<never>["only"]): (component: Cacheable) => boolean {
  const names = typeof only === "function" ? undefined : only && new Set(only)
  const verdicts = new WeakMap<Cacheable, boolean>()
  return (component) => {
    const known = verdicts.get(component)
    if (known !== undefined) return known
    const verdict = isKeepable(component) && (names?.has(component.id) ?? isWanted(only, component))
    verdicts.set(component, verdict)
    return verdict
  }
}

/** Its author says that it is never to be kept. */
function isKeepable(component: Cacheable): boolean {
  return !("cache" in component) || component.cache?.ttlMs !== 0
}

function isWanted(only: CallCacheRule<never>["only"], component: Cacheable): boolean {
  // Asked only about components of the rule's own kind.
  return typeof only !== "function" || only(component as never) === true
}

function toChanges(what: Invalidation): readonly Change[] {
  assertOptions("`invalidate()`", what, { kinds: { tool: "string", uri: "string", prompt: "string" } })
  const { tool, uri, prompt } = what
  const targets = { tool, resource: uri, prompt }
  const changes = subjects.flatMap((subject): Change[] => {
    const target = targets[subject]
    return target === undefined ? [] : [toChange(subject, target)]
  })
  if (changes.length > 0) return changes
  throw new InvalidOption(
    "What `invalidate()` is given",
    quoted(what),
    'Give `{ tool: "search" }`, or use `clear()`.',
  )
}

const onlyKind: OptionTest = {
  holds: (value) => typeof value === "function" || isTexts(value),
  expected: "a list of names, or a function",
}

const listRule: KnownOptions = { kinds: { ttlMs: "ms", vary: "function" }, isFlag: true }

const callKinds: { readonly [name: string]: OptionKind } = {
  ttlMs: "ms",
  vary: "function",
  only: onlyKind,
  sharedBy: ["session", "principal", "everyone"],
}

const callRule: KnownOptions = {
  kinds: callKinds,
  isFlag: true,
  foreign: { shared: 'Use `sharedBy: "everyone"`.', ttl: "Use `ttlMs`, in milliseconds." },
}

const storageKind: OptionTest = {
  holds: (value) => value === "server" || (typeof value === "object" && value !== null && "write" in value),
  expected: 'a storage, such as `redisStorage()`, or `"server"`',
}

const known: KnownOptions = {
  kinds: {
    callTool: { ...callRule, required: ["only"] },
    readResource: callRule,
    getPrompt: callRule,
    listTools: listRule,
    listResources: listRule,
    listTemplates: listRule,
    listPrompts: listRule,
    storage: storageKind,
    maxItemBytes: "count",
    maxEntries: "count",
    maxBytes: "count",
    now: "function",
  },
  foreign: {
    tools: 'Use `callTool: { only: ["search"] }`.',
    ttlMs: "Give it to each method: `readResource: { ttlMs: 1000 }`.",
    ttl: "Give `ttlMs` to each method: `readResource: { ttlMs: 1000 }`.",
    maxItemSize: "Use `maxItemBytes`.",
    maxSize: "Use `maxBytes`.",
  },
}

function assertCacheOptions(options: CacheOptions): void {
  // A flag for all others: every tool may do things, and only its author knows whether once is enough.
  if ((options as { readonly callTool?: unknown } | undefined)?.callTool === true)
    throw new InvalidOption(
      "The option `callTool` of `cache()`",
      "`true`",
      'Name the tools: `callTool: { only: ["search"] }`.',
    )
  assertOptions("`cache()`", options, known)
}
