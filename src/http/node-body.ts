import { isUtf8 } from "node:buffer"
import type { IncomingMessage, ServerResponse } from "node:http"
import { BodyCutOff, BodyTooLarge } from "../errors/http.ts"
import { ParseError } from "../errors/protocol.ts"

/** What a framework such as Express may have left of a body that it parsed before us. */
interface WithParsedBody {
  readonly body?: unknown
}

/** Takes the bytes of a body, or nothing when there are more than the limit. */
export type BodyReader = (bytes: Buffer | undefined) => void

/**
 * Reads the body of a request, no further than `limit` bytes. A body that is cut off is never delivered: there is
 * nobody left to answer.
 */
export function readBody(req: IncomingMessage, limit: number, done: BodyReader): void {
  let first: Buffer | undefined
  let rest: Buffer[] | undefined
  let size = 0
  req.on("data", onData)
  req.on("end", onEnd)

  function onData(chunk: Buffer): void {
    size += chunk.length
    if (size > limit) giveUp()
    else if (first === undefined) first = chunk
    else if (rest === undefined) rest = [chunk]
    else rest.push(chunk)
  }

  function onEnd(): void {
    if (first === undefined) done(Buffer.alloc(0))
    else done(rest === undefined ? first : Buffer.concat([first, ...rest], size))
  }

  function giveUp(): void {
    req.off("data", onData)
    req.off("end", onEnd)
    first = undefined
    rest = undefined
    done(undefined)
  }
}

/**
 * Reads UTF-8 as `fetch` does: without a byte order mark.
 *
 * @throws {ParseError} It is something else: with replacements, a call would get other arguments than were sent.
 */
export function toText(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new ParseError("The body is not UTF-8.")
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  return hasMark ? bytes.toString("utf8", 3) : bytes.toString()
}

/** The body that a framework has parsed already; `undefined` while the request can still be read. */
export function parsedBody(req: IncomingMessage): unknown {
  // Frameworks also put an empty `body` on requests whose body they left alone.
  return req.readableDidRead || req.readableEnded ? (req as WithParsedBody).body : undefined
}

/** Whether a body is known to be larger than what is read, with some of it still to come. */
export function isTooLong(req: IncomingMessage, limit: number): boolean {
  return !req.complete && Number(req.headers["content-length"]) > limit
}

/** Reads a body that nobody wants to its end, so that the connection can be used again, but no further than `limit`. */
export function drain(req: IncomingMessage, limit: number): void {
  let left = limit
  req.on("data", (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) req.socket.destroy()
  })
}

/**
 * The body as a web stream, for handlers that speak `fetch`. It fails beyond `limit` bytes, and ends with the answer:
 * what is unread by then is let go, so that the connection can be used again.
 */
export function toStream(
  req: IncomingMessage,
  res: ServerResponse,
  limit: number,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let size = 0
  let stop = (): void => undefined
  return new ReadableStream({
    start(controller) {
      const onData = (chunk: Buffer) => {
        size += chunk.length
        if (size > limit) return fail(new BodyTooLarge(limit))
        controller.enqueue(new Uint8Array(chunk))
        if ((controller.desiredSize ?? 0) <= 0) req.pause()
      }
      const onEnd = () => {
        stop()
        controller.close()
      }
      const onClose = () => fail(new BodyCutOff())
      const fail = (error: Error): void => {
        stop()
        controller.error(error)
      }
      stop = () => {
        req.off("data", onData)
        req.off("end", onEnd)
        req.off("close", onClose)
        res.off("close", onClose)
        req.resume()
      }
      req.on("data", onData)
      req.on("end", onEnd)
      req.on("close", onClose)
      res.on("close", onClose)
      req.pause()
      if (req.destroyed) onClose()
    },
    pull: () => void req.resume(),
    cancel: () => stop(),
  })
}
