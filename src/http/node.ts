import type { IncomingMessage, ServerResponse } from "node:http"
import { BodyAlreadyRead } from "../errors/http.ts"
import { noSessions } from "../protocol/no-sessions.ts"
import { isPrincipal } from "../protocol/principal.ts"
import type { Reply } from "../protocol/transport.ts"
import { type Authenticator, invalidAuthentication, isRefusal } from "../server/authenticator.ts"
import { andThen, attempt, type MaybePromise } from "../shared/maybe-promise.ts"
import { admit } from "./admit.ts"
import {
  bodyTooLarge,
  contentTypeProblem,
  errorAnswer,
  overload,
  parseBody,
  refusalAnswer,
  tooMany,
} from "./answer.ts"
import type { Endpoint } from "./endpoint.ts"
import { KeepAlive } from "./keep-alive.ts"
import { fail, writeAnswer, writeReply } from "./node-answer.ts"
import { parsedBody, readBody, toText } from "./node-body.ts"
import { NodeChannel, type NodeSite } from "./node-channel.ts"
import { isGone, whenGone } from "./node-gone.ts"
import { maxPipelined, openBefore } from "./node-pipeline.ts"
import { hasTwoHosts, headOf, leaves } from "./node-request.ts"
import { serveRoute } from "./node-route.ts"

/** A request listener of `node:http`. */
export type NodeListener = (req: IncomingMessage, res: ServerResponse) => void

/**
 * Makes the listener that serves an endpoint on `node:http`, without the objects that `fetch` would need.
 *
 * @param endpoint What `createEndpoint()` made.
 * @throws {NotOnThisRuntime} FLEET-14: there is no `node:http` here.
 * @see S28/basic/transports/streamable-http
 * @example
 * createServer(createNodeListener(createEndpoint({ handler: mcp.handler }))).listen(3000, "127.0.0.1")
 */
export function createNodeListener(endpoint: Endpoint): NodeListener {
  const site: NodeSite = { endpoint, keepAlive: new KeepAlive(endpoint) }
  return (req, res) => {
    // Before anything is awaited: an error event nobody listens to would end the process.
    req.on("error", ignore)
    res.on("error", ignore)
    const channel = new NodeChannel(site, req, res)
    try {
      serve(channel)
    } catch (error) {
      fail(channel, error)
    }
  }
}

function serve(channel: NodeChannel): void {
  const { req, site } = channel
  const { endpoint } = site
  const before = openBefore(channel)
  if (before >= maxPipelined) {
    turnAway(channel, before)
    return
  }
  if (hasTwoHosts(req)) {
    writeAnswer(channel, errorAnswer(400, "The request has more than one `Host` header."))
    return
  }
  const isMessage = req.method === "POST" && req.url === endpoint.path
  if (isMessage && endpoint.guard(req.headers.host, req.headers.origin) === undefined) {
    identify(channel)
    return
  }
  const admission = admit(endpoint, headOf(channel))
  switch (admission.kind) {
    case "message":
      channel.handler = admission.handler
      identify(channel)
      break
    case "route":
      serveRoute(channel, admission.handler).catch((error) => fail(channel, error))
      break
    case "answer":
      attempt(
        () => andThen(admission.answer, (answer) => writeAnswer(channel, answer)),
        (error) => fail(channel, error),
      )
  }
}

/** Refuses what is too much for one connection: once in words, then by closing it. */
function turnAway(channel: NodeChannel, before: number): void {
  if (before > maxPipelined) {
    channel.req.socket.destroy()
    return
  }
  const answer = tooMany(`open on one connection, which may have ${maxPipelined}`)
  writeAnswer(channel, { ...answer, headers: { ...answer.headers, connection: "close" } })
}

/** Finds out who is calling, where it matters, then goes on or turns them away. */
function identify(channel: NodeChannel): void {
  const { authenticator, load } = channel.site.endpoint
  const refusal = overload(load)
  if (refusal !== undefined) {
    writeAnswer(channel, refusal)
    return
  }
  // Before anything is waited for: all of a burst would find room otherwise.
  channel.enter(load)
  if (authenticator === undefined) proceed(channel)
  else identifyBy(authenticator, channel).catch((error) => fail(channel, error))
}

async function identifyBy(authenticator: Authenticator, channel: NodeChannel): Promise<void> {
  let signal: AbortSignal | undefined
  let isKnown = false
  // Later, whatever answers gives the place back: a call may run on without its client.
  whenGone(channel, () => {
    if (!isKnown) channel.leave()
  })
  const caller = await authenticator.authenticate({
    method: channel.req.method ?? "POST",
    headers: channel,
    // What few authenticators look at is made when they do.
    get externalUrl() {
      return channel.externalUrl
    },
    get signal() {
      signal ??= leaves(channel)
      return signal
    },
  })
  if (isRefusal(caller)) {
    writeAnswer(channel, refusalAnswer(caller))
    return
  }
  if (isGone(channel)) return
  if (!isPrincipal(caller)) throw await invalidAuthentication(caller)
  channel.principal = caller
  isKnown = true
  proceed(channel)
}

/** Goes on by what is wanted of the endpoint. */
function proceed(channel: NodeChannel): void {
  const { handler } = channel
  switch (channel.req.method) {
    case "GET":
      answerWith(channel, handler.listen?.(channel) ?? noSessions)
      break
    case "DELETE":
      answerWith(channel, handler.end?.(channel) ?? noSessions)
      break
    default:
      receive(channel)
  }
}

function receive(channel: NodeChannel): void {
  const { req, site } = channel
  const { bodyLimit } = site.endpoint
  // Where the client left before this was called, nothing would tell of it any more.
  if (isGone(channel)) {
    channel.leave()
    return
  }
  const problem = contentTypeProblem(req.headers["content-type"])
  if (problem !== undefined) writeAnswer(channel, problem)
  // Only what has arrived whole can have been read by a framework before us.
  else if (req.complete && (req.readableEnded || req.readableDidRead)) receiveParsed(channel)
  else if (Number(req.headers["content-length"]) > bodyLimit) writeAnswer(channel, bodyTooLarge(bodyLimit))
  else {
    readBody(req, bodyLimit, (bytes) => receiveBytes(channel, bytes))
    // Otherwise whatever answers gives the place back.
    req.on("close", () => {
      if (!req.readableEnded) channel.leave()
    })
  }
}

function receiveBytes(channel: NodeChannel, bytes: Buffer | undefined): void {
  // Called from an event: what is thrown here would end the process.
  try {
    if (bytes === undefined) writeAnswer(channel, bodyTooLarge(channel.site.endpoint.bodyLimit))
    else answer(channel, parseBody(toText(bytes)))
  } catch (error) {
    fail(channel, error)
  }
}

function receiveParsed(channel: NodeChannel): void {
  const body = parsedBody(channel.req)
  if (typeof body === "string") answer(channel, parseBody(body))
  else if (body instanceof Uint8Array) answer(channel, parseBody(toText(Buffer.from(body))))
  else if (typeof body === "object" && body !== null) answer(channel, body)
  else throw new BodyAlreadyRead("node")
}

function answer(channel: NodeChannel, message: unknown): void {
  answerWith(channel, channel.handler.handle(message, channel))
}

function answerWith(channel: NodeChannel, reply: MaybePromise<Reply>): void {
  if (!(reply instanceof Promise)) {
    writeReply(channel, reply)
    return
  }
  // One promise where `.catch()` would be a second: every promise of a call costs what the hooks of `AsyncLocalStorage` do.
  reply.then(
    (settled) => {
      try {
        writeReply(channel, settled)
      } catch (error) {
        fail(channel, error)
      }
    },
    (error) => fail(channel, error),
  )
}

function ignore(): void {
  // What it means for the request is heard from `close`.
}
