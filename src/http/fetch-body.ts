import { BodyAlreadyRead, BodyCutOff, BodyTooLarge } from "../errors/http.ts"
import { ParseError } from "../errors/protocol.ts"

/**
 * Reads the text of a request, no further than `limit` bytes, and without a byte order mark.
 *
 * @throws {BodyTooLarge}
 * @throws {BodyCutOff} The client went away.
 * @throws {BodyAlreadyRead} A framework has read it before.
 * @throws {ParseError} It is not UTF-8.
 */
export async function readText(request: Request, limit: number): Promise<string> {
  const bytes = await limitBody(request, limit).arrayBuffer().catch(unreadable)
  if (bytes.byteLength > limit) throw new BodyTooLarge(limit)
  try {
    // With replacements, a call would get other arguments than were sent.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new ParseError("The body is not UTF-8.", { cause })
  }
}

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
