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
  preflight(origin: string | undefined, requestedHeaders: string | undefined): Promise<AnswerHeaders>
}

/**
 * @param methods The methods of the server's routes, besides those of MCP.
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function createCors(options: CorsOptions, methods: Iterable<string>): Cors {
  const origins = options.origins === "*" ? ["*"] : options.origins
  const any = origins.includes("*")
  const listed = new Set(origins.map((origin) => origin.toLowerCase()))
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
    async preflight(origin, requestedHeaders) {
      const base = headers(origin)
      if (base["access-control-allow-origin"] === undefined) return base
      // Browsers ask once a day; most clients are none.
      const { preflightHeaders } = await import("./preflight.ts")
      return { ...base, ...preflightHeaders(options, methods, requestedHeaders) }
    },
  }
}

const exposed = "www-authenticate, mcp-session-id, mcp-protocol-version, retry-after"
