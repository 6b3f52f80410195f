import type { CacheHints } from "../components/component.ts"
import { contextKey } from "../components/context.ts"
import { assertOptions, cacheOptions, type OptionKind } from "../components/options.ts"
import { InvalidCursor } from "../errors/lists.ts"
import { show } from "../errors/protocol.ts"
import { InvalidOption, quoted } from "../errors/server.ts"
import { NotADirectory, UnknownSkill } from "../errors/skills.ts"
import { Call, complete, type Outcome } from "../protocol/call.ts"
import { isObject, type Params } from "../protocol/jsonrpc.ts"
import type { Method } from "../protocol/method.ts"
import { defineMiddleware } from "../server/define-middleware.ts"
import type { Middleware } from "../server/middleware.ts"
import type { MiddlewareServer } from "../server/middleware-view.ts"
import { defineExtension } from "../server/plugin.ts"
import type { Plugin } from "../server/plugin-contract.ts"
import { wireHints } from "../server/wire-hints.ts"
import { decodeBase64UrlText, encodeBase64UrlText } from "../shared/base64-url.ts"
import { type Child, childrenOf, type SkillEntry, toEntry } from "./skills-entry.ts"
import type { SkillsProvider } from "./skills-provider.ts"
import { kSkills } from "./skills-source.ts"

/** How skills are told of. */
export interface SkillsExtensionOptions {
  /** How many skills a page of `skills/list` has. Default 50. */
  readonly pageSize?: number
  /** How long and for whom clients may keep entries. Default: not at all, and each for itself. */
  readonly cache?: CacheHints
}

const server = /* @__PURE__ */ contextKey<MiddlewareServer>("the server")

/**
 * Makes the extension `io.modelcontextprotocol/skills` of providers of skills: clients list skills with their
 * frontmatter and the digests of their files, get one, and read folders. The providers are part of it.
 *
 * @param providers What `skills()`, `skill()` or `skillsOf()` made, or a list of those.
 * @param options `pageSize` and `cache`.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} What is given is no provider of skills.
 * @see SEP-2640
 * @example
 * new FleetMCP("Shop", { plugins: [skillsExtension(skills("skills"))] })
 */
export function skillsExtension(
  providers: SkillsProvider | readonly SkillsProvider[],
  options: SkillsExtensionOptions = {},
): Plugin {
  assertOptions("`skillsExtension()`", options, { kinds })
  const list: readonly SkillsProvider[] = Array.isArray(providers) ? providers : [providers]
  for (const provider of list) {
    if (isObject(provider) && kSkills in provider) continue
    throw new InvalidOption(
      "The first argument of `skillsExtension()`",
      quoted(provider),
      "Give what `skills()` made.",
    )
  }
  const offer = new Offer(list, options)
  return defineExtension({
    id: "io.modelcontextprotocol/skills",
    settings: { directoryRead: true },
    providers: list,
    // Whether a caller may see a skill is known to the server that serves it, with all its transforms.
    middleware: [defineMiddleware({ name: "skills", attach: (own) => ({ request: remember(own) }) })],
    methods: [
      method("skills/list", (call) => offer.list(call)),
      method("skills/get", (call) => offer.get(call), hasUri),
      method("resources/directory/read", (call) => offer.readDirectory(call), hasUri),
    ],
  })
}

function remember(own: MiddlewareServer): NonNullable<Middleware["request"]> {
  return (call, next) => {
    call.set(server, own)
    return next()
  }
}

const kinds: { readonly [name in keyof SkillsExtensionOptions]-?: OptionKind } = {
  pageSize: "count",
  cache: cacheOptions,
}

function method(name: string, run: Method["run"], check?: Method["check"]): Method {
  return { name, run, ...(check === undefined ? undefined : { check }) }
}

function hasUri({ uri }: Params): string | undefined {
  return typeof uri === "string" ? undefined : "`uri` must be a string."
}

class Offer {
  readonly #providers: readonly SkillsProvider[]
  readonly #options: SkillsExtensionOptions
  readonly #said: Set<string> = new Set()

  constructor(providers: readonly SkillsProvider[], options: SkillsExtensionOptions) {
    this.#providers = providers
    this.#options = options
  }

  async list(call: Call): Promise<Outcome> {
    const { pageSize = 50 } = this.#options
    const entries = this.#entries(call)
    let next = startOf(entries, call.params.cursor)
    const skills: SkillEntry[] = []
    for (; next < entries.length && skills.length < pageSize; next++) {
      const entry = entries[next]
      if (entry !== undefined && (await isVisible(call, entry.uri))) skills.push(entry)
    }
    const last = entries[next - 1]
    const more =
      next < entries.length && last !== undefined ? { nextCursor: toCursor(next, last) } : undefined
    return complete({ skills, ...more, ...this.#hints() })
  }

  async get(call: Call): Promise<Outcome> {
    const uri = String(call.params.uri)
    const entry = this.#entries(call).find((one) => one.uri === uri)
    if (entry === undefined || !(await isVisible(call, uri))) throw new UnknownSkill(uri)
    return complete({ skill: entry, ...this.#hints() })
  }

  async readDirectory(call: Call): Promise<Outcome> {
    const uri = String(call.params.uri)
    for (const provider of this.#providers) {
      for (const skill of provider[kSkills].skills) {
        const children = childrenOf(skill, uri)
        if (children === undefined || !(await isVisible(call, skill.main.uri))) continue
        return complete({ ...pageOf(children, call.params.cursor), ...this.#hints() })
      }
    }
    throw new NotADirectory(uri)
  }

  #entries(call: Call): readonly SkillEntry[] {
    const found = new Map<string, SkillEntry>()
    for (const provider of this.#providers) {
      for (const skill of provider[kSkills].skills) {
        const { entry, problem } = toEntry(skill)
        if (entry === undefined) this.#tell(call, skill.uri, problem)
        // As resources: of the same URI, the first provider's is read.
        else if (!found.has(entry.uri)) found.set(entry.uri, entry)
      }
    }
    return [...found.values()]
  }

  /** Who may see what depends on the caller; only the author knows that it does not. */
  #hints(): object {
    return wireHints(this.#options.cache, false)
  }

  #tell(call: Call, uri: string, problem: string): void {
    const message = `\`${uri}\` is offered as resources, but not listed as a skill: ${problem}`
    if (this.#said.has(message)) return
    this.#said.add(message)
    call.get(server)?.log({ level: "warning", message })
  }
}

/** Asks as if the main file were read: whoever may not read it is not told of the skill. */
async function isVisible(call: Call, uri: string): Promise<boolean> {
  const { id, peer, exchange, round, parent } = call
  const reading = new Call({ method: "resources/read", id, params: { uri }, peer, exchange, round, parent })
  return (await call.get(server)?.find(reading)) !== undefined
}

const MAX_CHILDREN = 500

function pageOf(children: readonly Child[], cursor: unknown): object {
  const start = startOf(children, cursor)
  const end = Math.min(start + MAX_CHILDREN, children.length)
  const last = children[end - 1]
  const more = end < children.length && last !== undefined ? { nextCursor: toCursor(end, last) } : undefined
  return { resources: children.slice(start, end), ...more }
}

interface Listed {
  readonly uri: string
}

/** Points behind an entry: by its URI, and by its place in case it is gone when the client comes back. */
function toCursor(next: number, { uri }: Listed): string {
  return encodeBase64UrlText(JSON.stringify([next, uri]))
}

/** @throws {InvalidCursor} */
function startOf(entries: readonly Listed[], cursor: unknown): number {
  if (cursor === undefined) return 0
  const text = typeof cursor === "string" && cursor.length <= 8192 ? decodeBase64UrlText(cursor) : undefined
  const [next, uri] = readPair(text)
  if (typeof next !== "number" || !Number.isSafeInteger(next) || next < 1 || typeof uri !== "string")
    throw new InvalidCursor(show(cursor))
  if (entries[next - 1]?.uri === uri) return next
  const moved = entries.findIndex((entry) => entry.uri === uri)
  return moved === -1 ? Math.min(next - 1, entries.length) : moved + 1
}

function readPair(text: string | undefined): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text ?? "")
    return Array.isArray(value) ? value : []
  } catch {
    // No JSON: as little ours as any other text.
    return []
  }
}
