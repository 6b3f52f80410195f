import { InvalidRoute } from "../errors/http.ts"
import { isObject } from "../protocol/jsonrpc.ts"

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
    if (typeof handler !== "function") throw new InvalidRoute(route, "has no handler", handlerFix)
    methods.set(method, checked(route, handler))
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

/**
 * Joins the routes of several owners.
 *
 * @throws {InvalidRoute} Two of them have one: which wins must not depend on who came first.
 */
export function joinRoutes(all: readonly OwnedRoutes[]): Routes {
  const owners = new Map<string, string>()
  for (const [owner, routes = {}] of all) {
    for (const route of Object.keys(routes)) {
      const first = owners.get(route) ?? owner
      if (first !== owner) throw new InvalidRoute(route, `is served by ${first} already`, pathFix)
      owners.set(route, owner)
    }
  }
  return Object.assign({}, ...all.map(([, routes]) => routes))
}

/** Routes, and who has them, in words. */
export type OwnedRoutes = readonly [owner: string, routes: Routes | undefined]

const pathFix = "Give one of them another path."
const handlerFix = "Give a function that answers a `Request` with a `Response`."

/** A handler that fails, by the name of its route, where it returns something else than a `Response`. */
function checked(route: string, handler: RouteHandler): RouteHandler {
  return async (request) => {
    const response = await handler(request)
    if (isResponse(response)) return response
    const { NotAResponse } = await import("../errors/returned.ts")
    throw new NotAResponse(route, response)
  }
}

/** Of any realm and making: frameworks and test runners bring classes of their own. */
function isResponse(value: unknown): value is Response {
  if (!isObject(value) || typeof value.status !== "number") return false
  return isObject(value.headers) && typeof value.headers.get === "function"
}

// What `Request` refuses to be made of cannot reach a handler.
const routePattern = /^(?!CONNECT |TRACE |TRACK )([A-Z]+) (\/[^\s?#]*)$/
