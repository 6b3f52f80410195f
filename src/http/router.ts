import { InvalidRoute } from "../errors/http.ts"

/** Answers a request beside the MCP endpoint. */
export type RouteHandler = (request: Request) => Response | Promise<Response>

export interface Router {
  /** The handler of a method and path; the methods a path has, if not this one; or nothing. */
  find(method: string, path: string): RouteHandler | readonly string[] | undefined
}

/**
 * Makes a router of exact paths.
 *
 * @param routes Handlers by method and path: `"GET /metrics"`.
 * @throws {InvalidRoute}
 */
export function createRouter(routes: { readonly [route: string]: RouteHandler }): Router {
  const paths = new Map<string, Map<string, RouteHandler>>()
  for (const [route, handler] of Object.entries(routes)) {
    const [, method, path] = /^([A-Z]+) (\/\S*)$/.exec(route) ?? []
    if (method === undefined || path === undefined) throw new InvalidRoute(route)
    const methods = paths.get(path) ?? new Map<string, RouteHandler>()
    methods.set(method, handler)
    paths.set(path, methods)
  }
  return {
    find(method, path) {
      const methods = paths.get(path)
      if (methods === undefined) return undefined
      return (
        methods.get(method) ?? (method === "HEAD" ? methods.get("GET") : undefined) ?? [...methods.keys()]
      )
    },
  }
}
