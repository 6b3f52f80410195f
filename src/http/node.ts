import type { IncomingMessage, ServerResponse } from "node:http"
import type { Principal } from "../protocol/principal.ts"
import type { Reply } from "../protocol/transport.ts"
import { type Authenticator, isRefusal, type Refusal } from "../server/authenticator.ts"
import { admit } from "./admit.ts"
import {
  type Answer,
  bodyTooLarge,
  contentTypeProblem,
  internalError,
  notJson,
  refusalAnswer,
  withCors,
} from "./answer.ts"
import type { Endpoint } from "./endpoint.ts"
import { readBody } from "./node-body.ts"
import { headerEntries, headerOf, NodeChannel } from "./node-channel.ts"
import { externalUrl, serveRoute } from "./node-route.ts"

/** A request listener of `node:http`. */
export type NodeListener = (req: IncomingMessage, res: ServerResponse) => void

/**
 * Makes the listener that serves an endpoint on `node:http`, without the objects that `fetch` would need.
 */
export function createNodeListener(endpoint: Endpoint): NodeListener {
  const streams = new Set<NodeChannel>()
  startKeepAlive(streams, endpoint.keepAliveMs)
  return (req, res) => {
    // Before anything is awaited: an error event nobody listens to would end the process.
    req.on("error", ignore)
    res.on("error", ignore)
    try {
      serve(endpoint, req, res, streams)
    } catch {
      fail(res)
    }
  }
}

function serve(
  endpoint: Endpoint,
  req: IncomingMessage,
  res: ServerResponse,
  streams: Set<NodeChannel>,
): void {
  const { host, origin } = req.headers
  const isMessage = req.method === "POST" && req.url === endpoint.path
  if (!isMessage || endpoint.guard(host, origin) !== undefined) {
    const admission = admit(endpoint, headOf(req))
    if (admission.kind === "answer") return write(req, res, withCors(endpoint, origin, admission.answer))
    if (admission.kind === "route") {
      serveRoute(endpoint, admission.handler, req, res).catch(() => fail(res))
      return
    }
  }
  if (endpoint.authenticator === undefined)
    return readMessage(endpoint, req, res, { principal: undefined, streams })
  authenticate(endpoint, endpoint.authenticator, req).then(
    (caller) => {
      if (!isRefusal(caller)) return readMessage(endpoint, req, res, { principal: caller, streams })
      write(req, res, withCors(endpoint, origin, refusalAnswer(caller)))
    },
    () => fail(res),
  )
}

/** What is known of a request before its body is read. */
interface Caller {
  readonly principal: Principal | undefined
  readonly streams: Set<NodeChannel>
}

function readMessage(endpoint: Endpoint, req: IncomingMessage, res: ServerResponse, caller: Caller): void {
  const { bodyLimit } = endpoint
  const { headers } = req
  const tooLarge = () => write(req, res, withCors(endpoint, headers.origin, bodyTooLarge(bodyLimit)))
  const problem = contentTypeProblem(headers["content-type"])
  if (problem !== undefined) return write(req, res, withCors(endpoint, headers.origin, problem))
  // A host such as Express may have parsed the body before us; then the stream is spent.
  const { body } = req as IncomingMessage & { readonly body?: unknown }
  if (typeof body === "object" && body !== null)
    return answer(endpoint, req, res, { ...caller, message: body })
  if (Number(headers["content-length"]) > bodyLimit) return tooLarge()
  readBody(req, bodyLimit, (text) => {
    if (text === undefined) return tooLarge()
    let message: unknown
    try {
      message = JSON.parse(text)
    } catch (cause) {
      return write(req, res, withCors(endpoint, headers.origin, notJson(cause)))
    }
    answer(endpoint, req, res, { ...caller, message })
  })
}

function answer(
  endpoint: Endpoint,
  req: IncomingMessage,
  res: ServerResponse,
  { principal, streams, message }: Caller & { readonly message: unknown },
): void {
  const { origin } = req.headers
  const cors = origin === undefined ? undefined : endpoint.cors?.headers(origin)
  const channel = new NodeChannel(req, res, principal, streams, cors)
  const reply = endpoint.handler.handle(message, channel)
  if (!(reply instanceof Promise)) return writeReply(res, channel, reply, cors)
  res.on("close", () => channel.closed())
  reply.then((settled) => writeReply(res, channel, settled, cors)).catch(() => fail(res))
}

async function authenticate(
  endpoint: Endpoint,
  authenticator: Authenticator,
  req: IncomingMessage,
): Promise<Principal | Refusal> {
  const controller = new AbortController()
  req.once("close", () => {
    if (!req.complete) controller.abort()
  })
  return authenticator.authenticate({
    method: req.method ?? "POST",
    externalUrl: externalUrl(endpoint, req),
    headers: { get: (name) => headerOf(req, name), entries: () => headerEntries(req) },
    signal: controller.signal,
  })
}

function headOf(req: IncomingMessage): Parameters<typeof admit>[1] {
  const url = req.url ?? "/"
  const end = url.indexOf("?")
  return {
    method: req.method ?? "GET",
    path: end === -1 ? url : url.slice(0, end),
    host: req.headers.host,
    origin: req.headers.origin,
    header: (name) => headerOf(req, name),
  }
}

function writeReply(
  res: ServerResponse,
  channel: NodeChannel,
  { status, body, headers }: Reply,
  cors: Answer["headers"] | undefined,
): void {
  if (channel.committed) return channel.endStream(body)
  if (res.destroyed || res.headersSent) return
  if (body === undefined) {
    res.writeHead(status, { ...headers, ...cors }).end()
    return
  }
  const length = Buffer.byteLength(body)
  if (headers === undefined && cors === undefined) {
    res.writeHead(status, { "content-type": "application/json", "content-length": length })
  } else {
    res.writeHead(status, {
      "content-type": "application/json",
      "content-length": length,
      ...headers,
      ...cors,
    })
  }
  res.end(body)
}

function write(req: IncomingMessage, res: ServerResponse, { status, headers, body }: Answer): void {
  if (res.destroyed || res.headersSent) return
  // A body that was not read to its end would be taken for the next request.
  const close = req.complete ? undefined : { connection: "close" }
  const length = body === undefined ? undefined : { "content-length": Buffer.byteLength(body) }
  res.writeHead(status, { ...headers, ...length, ...close }).end(body)
  if (!req.complete) req.resume()
}

function fail(res: ServerResponse): void {
  if (res.headersSent) res.destroy()
  else res.writeHead(500, { ...internalError.headers, connection: "close" }).end(internalError.body)
}

function startKeepAlive(streams: ReadonlySet<NodeChannel>, everyMs: number): void {
  let before = Date.now()
  const timer = setInterval(() => {
    const now = Date.now()
    for (const channel of streams) channel.keepAlive(now, before)
    before = now
  }, everyMs)
  timer.unref()
}

function ignore(): void {
  // What it means for the request is heard from `close`.
}
