import { ServerResponse } from "node:http"
import type { Writable } from "node:stream"
import type { Reply } from "../protocol/transport.ts"
import { type Answer, failureAnswer, withCors } from "./answer.ts"
import { drain, isTooLong } from "./node-body.ts"
import { cutIfStalled, type NodeChannel } from "./node-channel.ts"

/** How long what a client still sends is taken after its request was refused, in milliseconds. */
const lingerMs = 2000

/** Writes the answer of the engine: as the end of the stream if there is one, else as the body. */
export function writeReply(channel: NodeChannel, reply: Reply): void {
  channel.leave()
  if (channel.committed) channel.endStream(reply.body)
  else if (!channel.res.destroyed && !channel.res.headersSent) writeWhole(channel, reply)
}

function writeWhole(channel: NodeChannel, { status, body, headers }: Reply): void {
  const { res } = channel
  const cors = channel.corsHeaders
  if (body === undefined) {
    res.writeHead(status, { ...headers, ...cors })
    endWatched(channel)
    return
  }
  const own = { "content-type": "application/json", "content-length": Buffer.byteLength(body) }
  res.writeHead(status, headers === undefined && cors === undefined ? own : { ...own, ...headers, ...cors })
  endWatched(channel, body)
}

/** Ends an answer, and watches over it where the operating system did not take it whole at once. */
function endWatched({ res, site }: NodeChannel, body?: string): void {
  if (body !== undefined && res.socket?.writableCorked === 0 && !isWrapped(res))
    writeAtOnce(res, res.socket, body)
  else res.end(body)
  if (res.writableLength > 0) cutIfStalled(res, site.endpoint.timeouts.send)
}

/**
 * Whether a framework took `end` into its own hands: to save a session before the answer is out, or to log or compress
 * what it is given. It must be given the whole answer.
 */
function isWrapped(res: ServerResponse): boolean {
  const { end, write } = ServerResponse.prototype
  return res.end !== end || res.write !== write
}

/**
 * Ends an answer that is next on its connection. On Node 20 and 22 `end(body)` alone writes twice, the second time
 * nothing, for which `node:http` takes the slower way of several buffers: a tenth of all that a call costs.
 */
function writeAtOnce(res: ServerResponse, socket: Writable, body: string): void {
  // Corked by us, the response does not cork until the next tick.
  socket.cork()
  res.write(body)
  socket.uncork()
  res.end()
}

/** Writes an answer that needed no engine. */
export function writeAnswer(channel: NodeChannel, plain: Answer): void {
  const { req, res, site } = channel
  const { bodyLimit } = site.endpoint
  channel.leave()
  if (res.destroyed || res.headersSent) return
  const { status, headers, body } = withCors(site.endpoint, req.headers.origin, plain)
  const length = body === undefined ? undefined : { "content-length": Buffer.byteLength(body) }
  // A body may prove too large only as it comes, and go on coming; and a connection that closes would close under it.
  const isCut = !req.complete && !res.shouldKeepAlive
  if (plain.status === 413 || isCut || isTooLong(req, bodyLimit)) {
    res.writeHead(status, { ...headers, ...length, connection: "close" })
    if (body === undefined) res.flushHeaders()
    else res.write(body)
    linger(channel)
    return
  }
  res.writeHead(status, { ...headers, ...length })
  endWatched(channel, req.method === "HEAD" ? undefined : body)
  // What has a length `node:http` reads to its end itself; chunks need not have one.
  if (!req.complete && req.headers["transfer-encoding"] !== undefined) drain(req, bodyLimit)
}

/** The one way out of an error that has no answer of its own: a status while one can be sent, else a cut. */
export function fail(channel: NodeChannel, error: unknown): void {
  const { res, site } = channel
  channel.leave()
  // Whatever fails because its client went away is no error of ours, and has nobody to be told.
  if (res.destroyed && (!res.headersSent || isCutOff(error))) return
  const answer = failureAnswer(site.endpoint, error)
  if (res.headersSent) res.destroy()
  else writeAnswer(channel, answer)
}

/** What piping an answer into a connection says when that goes away. */
function isCutOff(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE"
}

/**
 * Ends a response when the client has sent all it wants, or for long enough. To close at once would reset the
 * connection, and clients that write before they read would not see the answer.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-9.6
 */
function linger(channel: NodeChannel): void {
  const { req } = channel
  if (req.complete) {
    endWatched(channel)
    return
  }
  const timer = setTimeout(end, lingerMs)
  req.once("end", end)
  req.once("close", end)
  req.resume()

  function end(): void {
    clearTimeout(timer)
    endWatched(channel)
  }
}
