/** Which pages of other origins may read answers. */
export interface CorsOptions {
  /** Origins, or `"*"`. Default `"*"`. */
  readonly origins?: readonly string[] | "*"
  /** Request headers besides those of MCP. */
  readonly allowHeaders?: readonly string[]
  /** Seconds for which browsers may remember a preflight. Default 86,400. */
  readonly maxAge?: number
}

export interface Cors {
  readonly origins: readonly string[]
  /** The headers of an answer to a page of this origin; none if it may not read. */
  headers(origin: string | undefined): { readonly [name: string]: string }
  /** The headers of the answer to a preflight. */
  preflight(
    origin: string | undefined,
    requestedHeaders: string | undefined,
  ): { readonly [name: string]: string }
}

/** @see https://fetch.spec.whatwg.org/#http-cors-protocol */
export function createCors(options: CorsOptions): Cors {
  const origins = options.origins === undefined || options.origins === "*" ? ["*"] : options.origins
  const any = origins.includes("*")
  const listed = new Set(origins.map((origin) => origin.toLowerCase()))
  const allowed = [...mcpHeaders, ...(options.allowHeaders ?? [])]

  function headers(origin: string | undefined): { [name: string]: string } {
    if (origin === undefined || !(any || listed.has(origin.toLowerCase()))) return {}
    return {
      "access-control-allow-origin": any ? "*" : origin,
      "access-control-expose-headers": exposed,
      ...(any ? undefined : { vary: "origin" }),
    }
  }

  return {
    origins,
    headers,
    preflight(origin, requestedHeaders) {
      const base = headers(origin)
      if (base["access-control-allow-origin"] === undefined) return {}
      // Headers that repeat arguments have names of the server's own, which no list can hold.
      const params = (requestedHeaders ?? "")
        .split(",")
        .map((name) => name.trim().toLowerCase())
        .filter(isParamHeader)
      return {
        ...base,
        "access-control-allow-methods": "POST, GET, DELETE, OPTIONS",
        "access-control-allow-headers": [...allowed, ...params.slice(0, 64)].join(", "),
        "access-control-max-age": String(options.maxAge ?? 86_400),
      }
    },
  }
}

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

const exposed = "www-authenticate, mcp-session-id, mcp-protocol-version, retry-after"

function isParamHeader(name: string): boolean {
  return /^mcp-param-[!#$%&'*+.^_`|~0-9a-z-]{1,128}$/.test(name)
}
