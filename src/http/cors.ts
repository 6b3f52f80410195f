/** Which pages of other origins may read answers. */
export interface CorsOptions {
  /** Origins such as `https://app.example.com`, or `"*"` for all. */
  readonly origins: readonly string[] | "*"
  /** Request headers besides those of MCP. */
  readonly allowHeaders?: readonly string[]
  /** Seconds for which browsers may remember a preflight. Default 86,400. */
  readonly maxAge?: number
}

/** Some headers of an answer. */
export interface AnswerHeaders {
  readonly [name: string]: string
}

/** What pages of other origins are told. */
export interface Cors {
  /** The origins that may read answers; `*` for all. */
  readonly origins: readonly string[]
  /** The headers of an answer to a page of this origin. */
  headers(origin: string | undefined): AnswerHeaders
  /** The headers of the answer to a preflight. */
  preflight(origin: string | undefined, requestedHeaders: string | undefined): AnswerHeaders
}

/**
 * @param methods The methods of the server's routes, besides those of MCP.
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function createCors(options: CorsOptions, methods: Iterable<string>): Cors {
  const origins = options.origins === "*" ? ["*"] : options.origins
  const any = origins.includes("*")
  const listed = new Set(origins.map((origin) => origin.toLowerCase()))
  const allowMethods = [...new Set([...mcpMethods, ...methods])].join(", ")
  const allowHeaders = [...mcpHeaders, ...(options.allowHeaders ?? [])]
  const varies: AnswerHeaders = any ? {} : { vary: "origin" }

  function headers(origin: string | undefined): AnswerHeaders {
    if (origin === undefined || !(any || listed.has(origin.toLowerCase()))) return varies
    return {
      "access-control-allow-origin": any ? "*" : origin,
      "access-control-expose-headers": exposed,
      ...varies,
    }
  }

  return {
    origins,
    headers,
    preflight(origin, requestedHeaders) {
      const base = headers(origin)
      if (base["access-control-allow-origin"] === undefined) return base
      return {
        ...base,
        "access-control-allow-methods": allowMethods,
        "access-control-allow-headers": [...allowHeaders, ...paramHeaders(requestedHeaders)].join(", "),
        "access-control-max-age": String(options.maxAge ?? 86_400),
      }
    },
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

const exposed = "www-authenticate, mcp-session-id, mcp-protocol-version, retry-after"

/** Headers that repeat arguments have names of the server's own, which no list can hold. */
function paramHeaders(requested: string | undefined): readonly string[] {
  const names = (requested ?? "").split(",", 256).map((name) => name.trim().toLowerCase())
  return names.filter((name) => paramHeader.test(name)).slice(0, 64)
}

const paramHeader = /^mcp-param-[!#$%&'*+.^_`|~0-9a-z-]{1,128}$/
