import type { MaybePromise } from "../shared/maybe-promise.ts"
import { type Answer, errorAnswer } from "./answer.ts"
import type { Endpoint } from "./endpoint.ts"
import type { HttpHandler } from "./place.ts"
import type { RouteHandler } from "./router.ts"

/** The head of a request, as both entries see it. */
export interface Head {
  readonly method: string
  /** The path without the query. */
  readonly path: string
  /** The path before a framework took a prefix off it, where one did. */
  readonly fullPath?: string | undefined
  readonly host: string | undefined
  readonly origin: string | undefined
  header(name: string): string | undefined
}

/** What becomes of a request once its head is read. */
export type Admission =
  /** For what serves messages: by POST one of them, by GET a stream, by DELETE the end of a session. */
  | { readonly kind: "message"; readonly handler: HttpHandler }
  | { readonly kind: "route"; readonly handler: RouteHandler }
  | { readonly kind: "answer"; readonly answer: MaybePromise<Answer> }

/** Decides by its head what becomes of a request: everything that needs no body and no credentials. */
export function admit(endpoint: Endpoint, head: Head): Admission {
  const problem = endpoint.guard(head.host, head.origin)
  if (problem !== undefined && !(problem.status === 403 && isProbe(endpoint, head)))
    return answered(errorAnswer(problem.status, problem.message))
  if (head.method === "OPTIONS" && endpoint.cors !== undefined) return answered(preflight(endpoint, head))
  const places = endpoint.places.filter(({ path }) => path === head.path || path === head.fullPath)
  const place = places.find(({ methods }) => methods.includes(head.method))
  if (place !== undefined) return { kind: "message", handler: place.handler }
  const found = findRoute(endpoint, head) ?? []
  if (typeof found === "function") return { kind: "route", handler: found }
  const methods = [...places.flatMap((one) => one.methods), ...found]
  return answered(methods.length > 0 ? methodNotAllowed(methods) : notFound(endpoint, head))
}

/** Load balancers probe by address, which no list of host names holds. */
function isProbe({ healthRoutes }: Endpoint, { method, path, origin }: Head): boolean {
  return (
    origin === undefined && (method === "GET" || method === "HEAD") && healthRoutes.includes(`GET ${path}`)
  )
}

function findRoute({ router }: Endpoint, { method, path, fullPath }: Head): ReturnType<typeof router.find> {
  const found = router.find(method, path)
  return found === undefined && fullPath !== undefined ? router.find(method, fullPath) : found
}

async function preflight({ cors }: Endpoint, head: Head): Promise<Answer> {
  const headers = (await cors?.preflight(head.origin, head.header("access-control-request-headers"))) ?? {}
  return { status: 204, headers, body: undefined }
}

function methodNotAllowed(methods: readonly string[]): Answer {
  return errorAnswer(405, `Use ${methods.join(" or ")} here.`, { allow: methods.join(", ") })
}

function notFound(endpoint: Endpoint, head: Head): Answer {
  const found = `Nothing is served at \`${head.path.slice(0, 100)}\`; the MCP endpoint is \`${endpoint.path}\``
  // S24/basic/transports: so begin clients of the transport before this one, wherever they were pointed at.
  const isOldClient = head.method === "GET" && head.header("accept")?.includes("text/event-stream") === true
  const transport = isOldClient ? " and speaks Streamable HTTP, not HTTP+SSE (FLEET-07)" : ""
  return errorAnswer(404, `${found}${transport}.`)
}

function answered(answer: MaybePromise<Answer>): Admission {
  return { kind: "answer", answer }
}
