import { BodyAlreadyRead, BodyCutOff, BodyTooLarge } from "../errors/http.ts"
import { ParseError } from "../errors/protocol.ts"
import { fromUtf8, toUtf8, withoutMark } from "../shared/utf8.ts"

/**
 * Reads the text of a request, no further than `limit` bytes, and without a byte order mark.
 *
 * @throws {BodyTooLarge}
 * @throws {BodyCutOff} The client went away.
 * @throws {BodyAlreadyRead} A framework has read it before.
 * @throws {ParseError} It is not UTF-8.
 */
export function readText(request: Request, limit: number): Promise<string> {
  const length = request.headers.get("content-length")
  const limited = limitBody(request, limit)
  // As bytes, a body costs a fifth of a call on adapters for Node.
  return length === null
    ? limited.arrayBuffer().then((bytes) => decode(bytes, limit), unreadable)
    : limited.text().then((text) => checked(text, Number(length), limit), unreadable)
}

function decode(bytes: ArrayBuffer, limit: number): string {
  if (bytes.byteLength > limit) throw new BodyTooLarge(limit)
  const text = fromUtf8(bytes)
  // With replacements, a call would get other arguments than were sent.
  if (text === undefined) throw new ParseError(notUtf8)
  return withoutMark(text)
}

/**
 * Refuses a text in which the runtime replaced something: that makes it longer than what was sent. What passes are the
 * first three bytes of a character of four, which are as long as their replacement, and what a byte order mark makes up for.
 */
function checked(text: string, length: number, limit: number): string {
  const isLong = text.length * 3 > limit
  const isSuspect = text.includes("\ufffd")
  if (!isLong && !isSuspect) return text
  const size = toUtf8(text).byteLength
  if (size > limit) throw new BodyTooLarge(limit)
  if (isSuspect && size > length) throw new ParseError(notUtf8)
  return text
}

const notUtf8 = "The body is not UTF-8."

/** The request with a body that fails beyond `limit` bytes. */
export function limitBody(request: Request, limit: number): Request {
  const { method, headers } = request
  if (method === "GET" || method === "HEAD") return request
  const length = headers.get("content-length")
  if (Number(length) > limit) throw new BodyTooLarge(limit)
  // With a declared length the runtime holds the body to it. Even to look at the body costs something, and adapters
  // would have to make a whole request for it.
  if (length !== null || request.body === null) return request
  let size = 0
  const counted = unread(request).body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        size += chunk.byteLength
        if (size > limit) controller.error(new BodyTooLarge(limit))
        else controller.enqueue(chunk)
      },
    }),
  )
  // `duplex` is part of the standard and not of the types.
  return new Request(request, { body: counted, duplex: "half" } as RequestInit)
}

function unread(request: Request): Request & { readonly body: ReadableStream<Uint8Array> } {
  if (request.bodyUsed) throw new BodyAlreadyRead("fetch")
  // Only called where there is a body.
  return request as ReturnType<typeof unread>
}

function unreadable(cause: unknown): never {
  if (cause instanceof BodyTooLarge) throw cause
  // The standard has one kind of error for both; runtimes tell them apart in words only.
  const isUsed = cause instanceof TypeError && /already|unusable|used|disturbed|locked/i.test(cause.message)
  throw isUsed ? new BodyAlreadyRead("fetch") : new BodyCutOff(cause)
}
