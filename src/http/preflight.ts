/** What the options of CORS say of preflights. */
export interface PreflightOptions {
  readonly allowHeaders?: readonly string[]
  readonly maxAge?: number
}

/** What pages of an origin that may call are told before they do. */
export function preflightHeaders(
  options: PreflightOptions,
  methods: Iterable<string>,
  requestedHeaders: string | undefined,
): { readonly [name: string]: string } {
  const allowHeaders = [...mcpHeaders, ...(options.allowHeaders ?? []), ...paramHeaders(requestedHeaders)]
  return {
    "access-control-allow-methods": [...new Set([...mcpMethods, ...methods])].join(", "),
    "access-control-allow-headers": allowHeaders.join(", "),
    "access-control-max-age": String(options.maxAge ?? 86_400),
  }
}

const mcpMethods = ["POST", "GET", "DELETE", "OPTIONS"] as const

const mcpHeaders = [
  "authorization",
  "content-type",
  "accept",
  "mcp-protocol-version",
  "mcp-method",
  "mcp-name",
  "mcp-session-id",
  "last-event-id",
] as const

/** Headers that repeat arguments have names of the server's own, which no list can hold. */
function paramHeaders(requested: string | undefined): readonly string[] {
  const names = (requested ?? "").split(",", 256).map((name) => name.trim().toLowerCase())
  return names.filter((name) => paramHeader.test(name)).slice(0, 64)
}

const paramHeader = /^mcp-param-[!#$%&'*+.^_`|~0-9a-z-]{1,128}$/
