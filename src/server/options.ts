import { assertOptions } from "../components/options.ts"

/** The options of a server; a type test holds this list to the interface. */
export const serverOptions = [
  "version",
  "title",
  "description",
  "websiteUrl",
  "icons",
  "instructions",
  "tools",
  "resources",
  "prompts",
  "providers",
  "transforms",
  "middleware",
  "plugins",
  "auth",
  "http",
  "cacheHints",
  "pageSize",
  "onDuplicate",
  "maskErrors",
  "lenient",
  "dereference",
  "timeout",
  "secrets",
  "bus",
  "log",
  "disclosesServerInfo",
  "maxSubscriptions",
  "maxSubscriptionsPerPrincipal",
] as const

/** Names that other frameworks have for what ours are called otherwise. */
const foreignNames: { readonly [name: string]: string } = {
  host: 'Say it to `mcp.run({ transport: "http", host })`.',
  port: 'Say it to `mcp.run({ transport: "http", port })`.',
  lifespan: "Give a plugin with a `lifespan`.",
  capabilities: "Leave it out; capabilities follow from what is registered.",
  name: 'Give the name as the first argument: `new FleetMCP("name", { … })`.',
  mask_error_details: "Use `maskErrors`.",
  strict_input_validation: "Validation is strict; `lenient: true` makes it coerce.",
  strictInput: "Validation is strict; `lenient: true` makes it coerce.",
  dereference_schemas: "Use `dereference`.",
  list_page_size: "Use `pageSize`.",
  on_duplicate: "Use `onDuplicate`.",
  on_duplicate_tools: "Use `onDuplicate`.",
  on_duplicate_resources: "Use `onDuplicate`.",
  on_duplicate_prompts: "Use `onDuplicate`.",
  website_url: "Use `websiteUrl`.",
  streamable_http_path: "Use `http: { path }`.",
  sse_path: "Use `http: { path }`; HTTP+SSE is deprecated.",
  json_response: "Leave it out; answers are JSON unless something must be sent before them.",
  stateless_http: "Leave it out; requests of 2026-07-28 are stateless.",
  cache_ttl: "Use `cacheHints`.",
  cache_scope: "Use `cacheHints`.",
  request_state_security: "Use `secrets`.",
  requestState: "Use `secrets`.",
  toolsPageSize: "Use `pageSize`.",
  resourcesPageSize: "Use `pageSize`.",
  promptsPageSize: "Use `pageSize`.",
  eventBus: "Use `bus`.",
  dnsRebinding: "Use `http: { hosts, origins }`.",
  oauth: "Use `auth`.",
  authenticate: "Use `auth`.",
  log_level: "Give a `log` that filters.",
  debug: "Give a `log` that filters.",
  include_tags: "Hide components with a transform.",
  exclude_tags: "Hide components with a transform.",
}

/**
 * Refuses options that a server does not have.
 *
 * @throws {UnknownOption} FLEET-09
 */
export function assertServerOptions(options: object): void {
  assertOptions("`FleetMCP`", options, { names: serverOptions, foreign: foreignNames })
}
