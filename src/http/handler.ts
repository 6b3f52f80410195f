import type { Principal } from "../protocol/principal.ts"
import type { Abortable, Channel, HeaderBag, Reply } from "../protocol/transport.ts"
import { isRefusal, type Refusal } from "../server/authenticator.ts"
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
import { StreamBody } from "./stream-body.ts"

/** A server as one function: what every runtime and framework that speaks `fetch` calls. */
export type FetchHandler = (request: Request) => Promise<Response>

/** Makes the handler that serves an endpoint as `fetch`. */
export function createFetchHandler(endpoint: () => Endpoint): FetchHandler {
  return async (request) => {
    try {
      return await serve(endpoint(), request)
    } catch {
      // A route or an authenticator threw; what it said is no business of the client.
      return toResponse(internalError)
    }
  }
}

async function serve(endpoint: Endpoint, request: Request): Promise<Response> {
  const { headers } = request
  const origin = headers.get("origin") ?? undefined
  const cors = (answer: Answer) => toResponse(withCors(endpoint, origin, answer))
  const url = new URL(request.url)
  const admission = admit(endpoint, {
    method: request.method,
    path: url.pathname,
    // Some runtimes leave the header out and say it in the URL alone.
    host: headers.get("host") ?? url.host,
    origin,
    header: (name) => headers.get(name) ?? undefined,
  })
  if (admission.kind === "answer") return cors(admission.answer)
  if (admission.kind === "route") return admission.handler(request)
  const bag = new FetchHeaders(headers)
  const caller =
    endpoint.authenticator === undefined ? undefined : await authenticate(endpoint, request, bag, url)
  if (caller !== undefined && isRefusal(caller)) return cors(refusalAnswer(caller))
  const problem = contentTypeProblem(headers.get("content-type") ?? undefined)
  if (problem !== undefined) return cors(problem)
  const text = await readText(request, endpoint.bodyLimit)
  if (text === undefined) return cors(bodyTooLarge(endpoint.bodyLimit))
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch (cause) {
    return cors(notJson(cause))
  }
  return respond(endpoint, message, new FetchChannel(request, bag, caller, endpoint), origin)
}

/** Answers as JSON, unless something is sent before the answer: then as a stream, from that moment on. */
async function respond(
  endpoint: Endpoint,
  message: unknown,
  channel: FetchChannel,
  origin: string | undefined,
): Promise<Response> {
  const replied = Promise.resolve(endpoint.handler.handle(message, channel))
  const first = await Promise.race([replied, channel.opened])
  const cors = origin === undefined ? undefined : endpoint.cors?.headers(origin)
  if (first instanceof StreamBody) {
    replied.then((reply) => first.end(reply.body))
    return new Response(first.readable, { status: 200, headers: { ...streamHeaders, ...cors } })
  }
  const { status, body, headers }: Reply = first
  const type = body === undefined ? undefined : jsonHeaders
  return new Response(body ?? null, { status, headers: { ...type, ...headers, ...cors } })
}

/** Carries one POST of `fetch`. */
class FetchChannel implements Channel {
  readonly headers: HeaderBag
  readonly principal: Principal | undefined
  /** Resolves with the stream when something is sent ahead of the answer. */
  readonly opened: Promise<StreamBody>
  readonly #request: Request
  readonly #keepAliveMs: number
  #open: (stream: StreamBody) => void = () => undefined
  #stream: StreamBody | undefined
  #call: Abortable | undefined

  constructor(request: Request, headers: HeaderBag, principal: Principal | undefined, endpoint: Endpoint) {
    this.headers = headers
    this.principal = principal
    this.#request = request
    this.#keepAliveMs = endpoint.keepAliveMs
    this.opened = new Promise((resolve) => {
      this.#open = resolve
    })
  }

  get committed(): boolean {
    return this.#stream !== undefined
  }

  send(json: string): void {
    if (this.#stream === undefined) {
      this.#stream = new StreamBody(this.#keepAliveMs, () => this.#call?.abort("disconnect"))
      this.#open(this.#stream)
    }
    this.#stream.event(json)
  }

  drained(): Promise<void> | undefined {
    return undefined
  }

  onDisconnect(call: Abortable): void {
    this.#call = call
    const { signal } = this.#request
    if (signal.aborted) call.abort("disconnect")
    else signal.addEventListener("abort", () => call.abort("disconnect"), { once: true })
  }
}

class FetchHeaders implements HeaderBag {
  readonly #headers: Headers

  constructor(headers: Headers) {
    this.#headers = headers
  }

  get(name: string): string | undefined {
    return this.#headers.get(name) ?? undefined
  }

  entries(): Iterable<readonly [string, string]> {
    return this.#headers
  }
}

function authenticate(
  endpoint: Endpoint,
  request: Request,
  headers: HeaderBag,
  url: URL,
): Promise<Principal | Refusal> | Principal | Refusal | undefined {
  const externalUrl =
    endpoint.publicUrl === undefined ? url : new URL(url.pathname + url.search, endpoint.publicUrl)
  return endpoint.authenticator?.authenticate({
    method: request.method,
    externalUrl,
    headers,
    signal: request.signal,
  })
}

/** Reads a body, no further than `limit` bytes; `undefined` when there is more. */
async function readText(request: Request, limit: number): Promise<string | undefined> {
  const length = request.headers.get("content-length")
  if (length !== null && Number(length) > limit) return undefined
  // With a declared length the runtime holds the body to it, and reading at once is several times faster.
  if (length !== null || request.body === null) return request.text()
  const decoder = new TextDecoder()
  let text = ""
  let size = 0
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > limit) return undefined
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

function toResponse({ status, headers, body }: Answer): Response {
  return new Response(body ?? null, { status, headers })
}

const jsonHeaders = { "content-type": "application/json" } as const

const streamHeaders = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
} as const
