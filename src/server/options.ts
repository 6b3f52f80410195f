import { optionKinds } from "../components/option-kinds.ts"
import { assertOptions, cacheOptions, type KnownOptions, type OptionKind } from "../components/options.ts"
import { InvalidOption, quoted } from "../errors/server.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import type { CacheableMethod } from "./core.ts"
import { isMade } from "./lifespan-options.ts"

/** The options of a server. A type test holds this list to the interface. */
export type ServerOption =
  | "version"
  | "title"
  | "description"
  | "websiteUrl"
  | "icons"
  | "instructions"
  | "tools"
  | "resources"
  | "prompts"
  | "providers"
  | "transforms"
  | "middleware"
  | "plugins"
  | "lifespan"
  | "dependencies"
  | "auth"
  | "http"
  | "cacheHints"
  | "pageSize"
  | "onDuplicate"
  | "maskErrors"
  | "lenient"
  | "dereference"
  | "timeout"
  | "blockedMs"
  | "askTimeout"
  | "secrets"
  | "storage"
  | "sampling"
  | "bus"
  | "log"
  | "mirrorLogs"
  | "progressMs"
  | "disclosesServerInfo"
  | "maxSubscriptions"
  | "maxSubscriptionsPerPrincipal"

const cacheHints: { readonly [method in CacheableMethod]: OptionKind } = {
  "tools/list": cacheOptions,
  "prompts/list": cacheOptions,
  "resources/list": cacheOptions,
  "resources/templates/list": cacheOptions,
  "resources/read": cacheOptions,
  "server/discover": cacheOptions,
}

const kinds: { readonly [name in ServerOption]: OptionKind } = {
  version: "string",
  title: "string",
  description: "string",
  websiteUrl: "string",
  icons: "any",
  instructions: "string",
  tools: "list",
  resources: "list",
  prompts: "list",
  providers: "list",
  transforms: "list",
  middleware: "list",
  plugins: "list",
  lifespan: { holds: isMade("lifespan"), expected: "what `lifespan()` made, or a list of that" },
  dependencies: { holds: isMade("dependency"), expected: "what `provide()` made, or a list of that" },
  auth: {
    holds: (value) => hasMethods(value, ["authenticate"]),
    expected: "an object with a method `authenticate(request)`",
    lacks: "authenticate",
  },
  http: "object",
  cacheHints: { kinds: cacheHints },
  pageSize: "count",
  onDuplicate: ["error", "warn", "replace", "ignore"],
  maskErrors: "boolean",
  lenient: "boolean",
  dereference: "boolean",
  timeout: "timeout",
  blockedMs: {
    holds: (value) => value === false || optionKinds.ms.holds(value),
    expected: `${optionKinds.ms.expected}, or \`false\``,
  },
  askTimeout: "ms",
  secrets: { holds: isSecrets, expected: "a list of strings or bytes", isSecret: true },
  storage: {
    holds: (value) => hasMethods(value, ["get", "write"]),
    expected: "a storage: `memoryStorage()`, or another driver",
    lacks: "write",
  },
  sampling: { kinds: { handler: "function", mode: ["fallback", "always"] }, required: ["handler"] },
  bus: {
    holds: (value) => hasMethods(value, ["publish", "subscribe"]),
    expected: "an object with methods `publish(event)` and `subscribe(listener)`",
  },
  log: "function",
  mirrorLogs: "boolean",
  progressMs: "ms",
  disclosesServerInfo: "boolean",
  maxSubscriptions: "count",
  maxSubscriptionsPerPrincipal: "count",
}

/** Names that other frameworks have for what ours are called otherwise. */
const foreignNames: { readonly [name: string]: string } = {
  host: 'Say it to `mcp.run({ transport: "http", host })`.',
  port: 'Say it to `mcp.run({ transport: "http", port })`.',
  capabilities: "Leave it out; capabilities follow from what is registered.",
  name: 'Give the name as the first argument: `new FleetMCP("name", { … })`.',
  mask_error_details: "Use `maskErrors`.",
  strict_input_validation: "Validation is strict; `lenient: true` makes it coerce.",
  strictInput: "Validation is strict; `lenient: true` makes it coerce.",
  dereference_schemas: "Use `dereference`.",
  list_page_size: "Use `pageSize`.",
  on_duplicate_tools: "Use `onDuplicate`.",
  streamable_http_path: "Use `http: { path }`.",
  sse_path: "Use `http: { legacySse: { path } }`.",
  message_path: "Use `http: { legacySse: { messages } }`.",
  json_response: "Leave it out; answers are JSON unless something must be sent before them.",
  stateless_http: 'Use `http: { sessions: "none" }`.',
  cache_ttl: "Use `cacheHints`.",
  requestState: "Use `secrets`.",
  toolsPageSize: "Use `pageSize`.",
  resourcesPageSize: "Use `pageSize`.",
  promptsPageSize: "Use `pageSize`.",
  eventBus: "Use `bus`.",
  dnsRebinding: "Use `http: { hosts, origins }`.",
  oauth: "Use `auth`.",
  authenticate: "Use `auth`.",
  log_level: "Give a `log` that filters.",
  include_tags: "Hide components with a transform.",
  exclude_tags: "Hide components with a transform.",
}

const closeOptions: KnownOptions = { kinds: { graceMs: "graceMs" } }

/**
 * Refuses options that a server does not have, and values they cannot have.
 *
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption}
 */
export function assertServerOptions(options: object): void {
  assertOptions("`FleetMCP`", options, serverOptions)
}

/** The options of a server, what they hold, and what they are called elsewhere. */
export const serverOptions: KnownOptions = { kinds, foreign: foreignNames }

/**
 * Refuses what is no name of a server.
 *
 * @throws {InvalidOption}
 */
export function assertServerName(name: unknown): asserts name is string {
  if (typeof name === "string" && name.trim() !== "") return
  const fix = 'Give it as the first argument: `new FleetMCP("name", { … })`.'
  throw new InvalidOption("The name of the server", quoted(name), fix)
}

/**
 * Refuses options that `mcp.close()` does not have, and values they cannot have.
 *
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption}
 */
export function assertCloseOptions(options: object): void {
  assertOptions("`mcp.close()`", options, closeOptions)
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  return isObject(value) && names.every((name) => typeof value[name] === "function")
}

function isSecrets(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((secret) => typeof secret === "string" || secret instanceof Uint8Array)
  )
}
