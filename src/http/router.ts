import { InvalidRoute } from "../errors/http.ts"

/** Answers a request beside the MCP endpoint. */
export type RouteHandler = (request: Request) => Response | Promise<Response>

/** Handlers by method and path, such as `"GET /metrics"`. */
export interface Routes {
  /** What answers a method and path. */
  readonly [route: string]: RouteHandler
}

/** Finds the handler of a route. */
export interface Router {
  /** The methods of all routes. */
  readonly methods: ReadonlySet<string>
  /** The handler of a method and path; the methods a path has, if not this one; or nothing. */
  find(method: string, path: string): RouteHandler | readonly string[] | undefined
}

/**
 * Makes a router of exact paths.
 *
 * @throws {InvalidRoute}
 */
export function createRouter(routes: Routes): Router {
  const paths = new Map<string, Map<string, RouteHandler>>()
  const used = new Set<string>()
  for (const [route, handler] of Object.entries(routes)) {
    const [, method, path] = routePattern.exec(route) ?? []
    if (method === undefined || path === undefined) throw new InvalidRoute(route)
    const methods = paths.get(path) ?? new Map<string, RouteHandler>()
    methods.set(method, handler)
    paths.set(path, methods)
    used.add(method)
  }
  return {
    methods: used,
    find(method, path) {
      const methods = paths.get(path)
      if (methods === undefined) return undefined
      return (
        methods.get(method) ?? (method === "HEAD" ? methods.get("GET") : undefined) ?? [...methods.keys()]
      )
    },
  }
}

// What `Request` refuses to be made of cannot reach a handler.
const routePattern = /^(?!CONNECT |TRACE |TRACK )([A-Z]+) (\/[^\s?#]*)$/
