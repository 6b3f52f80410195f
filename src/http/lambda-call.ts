import { type Answer, errorAnswer } from "./answer.ts"
import type { FetchHandler } from "./handler.ts"
import { type LambdaRequest, readEvent } from "./lambda-event.ts"

/** What Lambda tells of a call of a function, as far as it is asked. */
export interface LambdaContext {
  /** Milliseconds until Lambda gives the call up. */
  getRemainingTimeInMillis?(): number
}

/** How long before its time is up a call is answered, in milliseconds. */
const marginMs = 500

/** One call of a function, which has so much time. */
export class LambdaCall {
  readonly request: LambdaRequest
  readonly #gone: AbortController = new AbortController()
  readonly #timeUp: Promise<Response>
  readonly #timer: ReturnType<typeof setTimeout> | undefined

  /** @throws {NotAnHttpEvent} It is none of HTTP. */
  constructor(event: unknown, context: LambdaContext | undefined) {
    this.request = readEvent(event)
    const ms = context?.getRemainingTimeInMillis?.()
    let timer: ReturnType<typeof setTimeout> | undefined
    this.#timeUp = new Promise((resolve) => {
      if (ms === undefined) return
      const end = () => {
        // First: what is aborted fails, and must not come before it.
        resolve(toResponse(errorAnswer(504, tooLate)))
        this.abort()
      }
      // It holds the process, which Lambda would otherwise end where a call waits for nothing.
      timer = setTimeout(end, Math.max(ms - marginMs, 0))
    })
    this.#timer = timer
  }

  /** Aborted when nobody waits for the answer any more. */
  get signal(): AbortSignal {
    return this.#gone.signal
  }

  /** Resolves to the answer that is ready when the time is up, if `work` is not. */
  inTime(work: Promise<Response>): Promise<Response> {
    return Promise.race([work, this.#timeUp])
  }

  /** Has the server answer. */
  async ask(fetch: FetchHandler): Promise<Response> {
    const { method, url, headers, body } = this.request
    const hasBody = method !== "GET" && method !== "HEAD" && body !== undefined
    let request: Request
    try {
      const all = new Headers(headers.map(([...pair]) => pair))
      // As it came: what the header says is the client's word.
      if (hasBody) all.set("content-length", String(body.byteLength))
      const init = { method, headers: all, signal: this.signal }
      request = new Request(url, hasBody ? { ...init, body } : init)
    } catch {
      // What no `Request` can be made of, such as TRACE, is none that the server could answer.
      return toResponse(errorAnswer(400, "The method or a header of the request is malformed."))
    }
    return fetch(request)
  }

  /** Reads a body to its end, or for as long as somebody waits for it: not all bodies end when their request is aborted. */
  async *read(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const reader = body.getReader()
    // It may fail for its own reasons, which whoever reads hears of.
    const stop = () => void reader.cancel().catch(() => undefined)
    this.signal.addEventListener("abort", stop)
    try {
      for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value
    } finally {
      stop()
    }
  }

  /** Aborts what still runs. */
  abort(): void {
    this.#gone.abort()
  }

  end(): void {
    clearTimeout(this.#timer)
  }
}

const tooLate =
  "The answer was not whole when the time of the function was nearly up. Give it more time, or stream with `lambdaStream()`."

export function toResponse({ status, headers, body }: Answer): Response {
  return new Response(body ?? null, { status, headers })
}
