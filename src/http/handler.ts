import { noSessions } from "../protocol/no-sessions.ts"
import { isPrincipal, type Principal } from "../protocol/principal.ts"
import type { HeaderBag, Reply } from "../protocol/transport.ts"
import {
  type Authenticator,
  invalidAuthentication,
  isRefusal,
  type Refusal,
} from "../server/authenticator.ts"
import type { MaybePromise } from "../shared/maybe-promise.ts"
import { admit } from "./admit.ts"
import {
  type Answer,
  contentTypeProblem,
  failureAnswer,
  jsonHeaders,
  overload,
  parseBody,
  refusalAnswer,
  withCors,
} from "./answer.ts"
import { streamHeaders } from "./channel.ts"
import type { Endpoint } from "./endpoint.ts"
import { limitBody, readText } from "./fetch-body.ts"
import { FetchChannel, FetchHeaders } from "./fetch-channel.ts"
import type { HttpHandler } from "./place.ts"
import { routeHeaders } from "./route-headers.ts"
import type { RouteHandler } from "./router.ts"

/** A server as one function: what every runtime and framework that speaks `fetch` calls. */
export type FetchHandler = (request: Request) => Promise<Response>

/**
 * Makes the handler that serves an endpoint as `fetch`.
 *
 * @param endpoint Gives the endpoint for each request, so that it can be replaced.
 * @see S28/basic/transports/streamable-http
 * @example
 * const endpoint = createEndpoint({ handler: mcp.handler })
 * export default { fetch: createFetchHandler(() => endpoint) }
 */
export function createFetchHandler(endpoint: () => Endpoint): FetchHandler {
  return (request) => {
    const site = endpoint()
    try {
      // As it is: every promise around it costs what the hooks of `AsyncLocalStorage` do.
      if (isMessage(site, request)) return serveMessage(site, request, site.handler)
      return serve(site, request).catch((error) => fail(site, request, error))
    } catch (error) {
      return Promise.resolve().then(() => fail(site, request, error))
    }
  }
}

/** Whether a request is plainly a message: what needs a closer look is admitted like everything else. */
function isMessage({ path, guard }: Endpoint, { method, url, headers }: Request): boolean {
  if (method !== "POST" || !url.endsWith(path)) return false
  if (url.indexOf("/", url.indexOf("//") + 2) !== url.length - path.length) return false
  const host = headers.get("host")
  return host !== null && guard(host, headers.get("origin") ?? undefined) === undefined
}

async function serve(endpoint: Endpoint, request: Request): Promise<Response> {
  const { headers } = request
  const url = new URL(request.url)
  const admission = admit(endpoint, {
    method: request.method,
    path: url.pathname,
    // Some runtimes leave the header out and say it in the URL alone.
    host: headers.get("host") ?? url.host,
    origin: headers.get("origin") ?? undefined,
    header: (name) => headers.get(name) ?? undefined,
  })
  if (admission.kind === "answer") {
    const { answer } = admission
    return toResponse(endpoint, request, answer instanceof Promise ? await answer : answer)
  }
  if (admission.kind === "route") return serveRoute(endpoint, request, admission.handler)
  return serveMessage(endpoint, request, admission.handler)
}

async function serveMessage(endpoint: Endpoint, request: Request, handler: HttpHandler): Promise<Response> {
  const refusal = overload(endpoint.load)
  if (refusal !== undefined) return toResponse(endpoint, request, refusal)
  const headers = new FetchHeaders(request.headers)
  const channel = new FetchChannel(endpoint, request, headers)
  // Before anything is awaited: all of a burst would find room otherwise.
  channel.enter(endpoint.load)
  try {
    const { authenticator } = endpoint
    let isRead = false
    if (authenticator !== undefined || mayHang(endpoint, headers)) {
      // Later, the answer gives the place back: a call may run on without its client.
      const leave = () => {
        if (!isRead) channel.leave()
      }
      request.signal.addEventListener("abort", leave, { once: true })
    }
    if (authenticator !== undefined) {
      const caller = await authenticate(authenticator, channel)
      if (isRefusal(caller)) return toResponse(endpoint, request, refusalAnswer(caller))
      if (request.signal.aborted) return toNobody()
      if (!isPrincipal(caller)) throw await invalidAuthentication(caller)
      channel.principal = caller
    }
    let reply: MaybePromise<Reply>
    if (request.method === "POST") {
      const problem = contentTypeProblem(headers.get("content-type"))
      if (problem !== undefined) return toResponse(endpoint, request, problem)
      const message = parseBody(await readText(request, endpoint.bodyLimit))
      isRead = true
      reply = handler.handle(message, channel)
    } else {
      reply = (request.method === "GET" ? handler.listen?.(channel) : handler.end?.(channel)) ?? noSessions
    }
    return reply instanceof Promise
      ? await respondLater(endpoint, channel, reply)
      : respond(endpoint, channel, reply)
  } catch (error) {
    channel.leave()
    return fail(endpoint, request, error)
  } finally {
    // A stream goes on after its head is out.
    if (!channel.committed) channel.leave()
  }
}

/**
 * Whether to watch for a client that leaves before it has sent its body. Adapters make the signal of a request when it
 * is looked at, which costs a fifth of a call; nearly all of them end a body of known length when its client leaves.
 * With those that do not, such requests would keep their places, so that it is no longer left to them when many are taken.
 */
function mayHang({ load }: Endpoint, headers: HeaderBag): boolean {
  return headers.get("content-length") === undefined || load.open > load.max / 4
}

function fail(endpoint: Endpoint, request: Request, error: unknown): Response {
  // Whatever fails because its client went away is no error of ours, and has nobody to be told.
  if (request.signal.aborted) return toNobody()
  return toResponse(endpoint, request, failureAnswer(endpoint, error))
}

/** Answers as JSON, unless something is sent before the answer: then as a stream, from that moment on. */
function respondLater(endpoint: Endpoint, channel: FetchChannel, reply: Promise<Reply>): Promise<Response> {
  return new Promise((resolve, reject) => {
    channel.whenOpen(() => resolve(stream(endpoint, channel, reply)))
    reply
      .then((settled) => {
        if (channel.readable === undefined) resolve(respond(endpoint, channel, settled))
      })
      .catch(reject)
  })
}

function respond(endpoint: Endpoint, channel: FetchChannel, reply: Reply): Response {
  if (channel.readable !== undefined) return stream(endpoint, channel, reply)
  const { status, body, headers } = reply
  const cors = endpoint.cors?.headers(channel.headers.get("origin"))
  const type = body === undefined ? undefined : jsonHeaders
  const all = headers === undefined && cors === undefined ? type : { ...type, ...headers, ...cors }
  return new Response(body ?? null, all === undefined ? { status } : { status, headers: all })
}

function stream(endpoint: Endpoint, channel: FetchChannel, reply: MaybePromise<Reply>): Response {
  Promise.resolve(reply)
    .then(({ body }) => channel.endStream(body))
    .catch((error) => {
      endpoint.report(error, "answering an HTTP request")
      channel.cut()
    })
    .finally(() => channel.leave())
  const cors = endpoint.cors?.headers(channel.headers.get("origin"))
  return new Response(channel.readable ?? null, { status: 200, headers: { ...streamHeaders, ...cors } })
}

async function serveRoute(endpoint: Endpoint, request: Request, handler: RouteHandler): Promise<Response> {
  const response = await handler(limitBody(request, endpoint.bodyLimit))
  const { status, statusText, body } = response
  // As it is where nothing is to be added: some runtimes hang more on it than can be copied.
  if (endpoint.cors === undefined && request.method !== "HEAD") return response
  const headers = routeHeaders(endpoint, request.headers.get("origin") ?? undefined, response.headers)
  if (request.method !== "HEAD") return new Response(body, { status, statusText, headers })
  await body?.cancel()
  return new Response(null, { status, statusText, headers })
}

function authenticate(
  authenticator: Authenticator,
  { request, headers, externalUrl }: FetchChannel,
): MaybePromise<Principal | Refusal> {
  return authenticator.authenticate({ method: request.method, externalUrl, headers, signal: request.signal })
}

/** The runtime wants something back even when its client has left; 499 is what servers log for that. */
function toNobody(): Response {
  return new Response(null, { status: 499 })
}

function toResponse(endpoint: Endpoint, request: Request, plain: Answer): Response {
  const origin = request.headers.get("origin") ?? undefined
  const { status, headers, body } = withCors(endpoint, origin, plain)
  return new Response(request.method === "HEAD" ? null : (body ?? null), { status, headers })
}
