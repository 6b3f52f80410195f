import { BodyAlreadyRead, BodyCutOff, BodyTooLarge } from "../errors/http.ts"

/**
 * Reads the text of a request, no further than `limit` bytes.
 *
 * @throws {BodyTooLarge}
 * @throws {BodyCutOff} The client went away.
 * @throws {BodyAlreadyRead} A framework has read it before.
 */
export async function readText(request: Request, limit: number): Promise<string> {
  const length = request.headers.get("content-length")
  if (length === null) return request.body === null ? "" : readChunks(unread(request).body, limit)
  if (Number(length) > limit) throw new BodyTooLarge(limit)
  // With a declared length the runtime holds the body to it, and reading at once is several times faster; as long
  // as nothing else of the request is touched, for which adapters would have to make a whole one.
  const text = await request.text().catch(unreadable)
  if (text.length > limit) throw new BodyTooLarge(limit)
  return text
}

/** The request with a body that fails beyond `limit` bytes, for routes. */
export function limitBody(request: Request, limit: number): Request {
  // Even to look at the body costs something; these have none.
  if (request.method === "GET" || request.method === "HEAD" || request.body === null) return request
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw new BodyTooLarge(limit)
  if (request.headers.has("content-length")) return request
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

async function readChunks(body: ReadableStream<Uint8Array>, limit: number): Promise<string> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ""
  let size = 0
  for (;;) {
    const { done, value } = await reader.read().catch(unreadable)
    if (done) return text + decoder.decode()
    size += value.byteLength
    if (size > limit) {
      reader.cancel().catch(ignore)
      throw new BodyTooLarge(limit)
    }
    text += decoder.decode(value, { stream: true })
  }
}

function unread(request: Request): Request & { readonly body: ReadableStream<Uint8Array> } {
  if (request.bodyUsed) throw new BodyAlreadyRead("fetch")
  // Only called where there is a body.
  return request as ReturnType<typeof unread>
}

function unreadable(cause: unknown): never {
  // The standard has one kind of error for both; runtimes tell them apart in words only.
  const isUsed = cause instanceof TypeError && /already|unusable|used|disturbed|locked/i.test(cause.message)
  throw isUsed ? new BodyAlreadyRead("fetch") : new BodyCutOff(cause)
}

function ignore(): void {
  // The body is not wanted; whether its sender hears of it is no matter.
}
