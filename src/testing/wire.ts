import { ClientClosed, EndlessQuestions, RequestFailed } from "../errors/testing.ts"
import type { RpcError } from "../protocol/jsonrpc.ts"
import type { MessageHandler, Reply } from "../protocol/transport.ts"
import type { MaybePromise } from "../shared/maybe-promise.ts"
import type { InputRequiredResult, SubscriptionFilter } from "../spec/index.ts"
import { MemoryChannel } from "./channel.ts"
import type { Dialect, Subscription } from "./dialect.ts"
import { Envelope, noOptions, type Request, type Values } from "./envelope.ts"
import { HeaderWriter } from "./headers.ts"
import { answerAll } from "./input.ts"
import type { ConnectOptions, Listeners, RequestOptions } from "./options.ts"
import { listAll } from "./pages.ts"
import { openSubscription, type Sender, type Sent } from "./subscription.ts"

/** Sends requests to a server in this process and answers what it asks meanwhile. */
export class Wire implements Dialect, Sender {
  readonly #handler: MessageHandler
  readonly #options: ConnectOptions
  readonly #envelope: Envelope
  readonly #headers: HeaderWriter
  readonly #open: Set<MemoryChannel> = new Set()
  #lastId = 0
  #closed = false

  constructor(handler: MessageHandler, options: ConnectOptions) {
    this.#handler = handler
    this.#options = options
    this.#envelope = new Envelope(options)
    this.#headers = new HeaderWriter(options.headers, (asked) =>
      listAll((params) => this.request("tools/list", params, asked), "tools"),
    )
  }

  /** Sends a request, answers its questions and gives its result. Not `async`, which would cost benchmarks a turn. */
  request(method: string, params: Values, options: RequestOptions = noOptions): Promise<object> {
    const request = { method, params, options }
    try {
      const result = this.#round(request)
      if (result instanceof Promise) return result.then((settled) => this.#complete(request, settled))
      return isQuestion(result) ? this.#answer(request, result) : Promise.resolve(result)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Sends a request once. What comes of it, and its end, are the caller's. */
  send(request: Request): Sent {
    if (this.#closed) throw new ClientClosed()
    const channel = this.#channel(request)
    const reply = this.#handler.handle(this.#envelope.request(++this.#lastId, request), channel)
    if (!(reply instanceof Promise)) return { channel, result: read(request.method, reply, channel) }
    this.#open.add(channel)
    const result = reply.then((settled) => {
      this.#open.delete(channel)
      if (this.#closed) throw new ClientClosed()
      return read(request.method, settled, channel)
    })
    return { channel, result }
  }

  async notify(method: string, params: Values): Promise<void> {
    if (this.#closed) throw new ClientClosed()
    const channel = this.#channel({ method, params, options: noOptions })
    await this.#handler.handle(this.#envelope.notification(method, params), channel)
  }

  listen(filter: SubscriptionFilter, options: RequestOptions): Promise<Subscription> {
    return openSubscription(this, filter, options)
  }

  /** Leaves, as a client does that goes away: what still runs is aborted. */
  close(): void {
    this.#closed = true
    for (const channel of this.#open) channel.abort("disconnect")
  }

  #round(request: Request): MaybePromise<object> {
    request.options.signal?.throwIfAborted()
    return this.#headers.needsTool(request) ? this.#withTool(request) : this.#once(request)
  }

  /** Sends a call whose headers follow from the tool; once again where that has changed since it was listed. */
  async #withTool(request: Request): Promise<object> {
    await this.#headers.learn(request)
    try {
      return await this.#once(request)
    } catch (error) {
      const isStale = error instanceof RequestFailed && error.error.code === headerMismatch
      if (!isStale || !(await this.#headers.relearn(request))) throw error
      return this.#once(request)
    }
  }

  #once(request: Request): MaybePromise<object> {
    const { channel, result } = this.send(request)
    const { signal } = request.options
    return signal === undefined || !(result instanceof Promise)
      ? result
      : untilAborted(result, signal, channel)
  }

  #complete(request: Request, result: object): MaybePromise<object> {
    return isQuestion(result) ? this.#answer(request, result) : result
  }

  /** Answers what the server asks and sends the request again, until it asks no more. */
  async #answer(request: Request, question: InputRequiredResult): Promise<object> {
    const limit = this.#options.maxRounds ?? 10
    let result: object = question
    for (let round = 0; isQuestion(result); round++) {
      if (round >= limit) throw new EndlessQuestions(request.method, limit)
      const { inputRequests, requestState } = result
      const inputResponses = inputRequests && (await answerAll(inputRequests, this.#options))
      const answered = {
        ...(inputResponses === undefined ? undefined : { inputResponses }),
        ...(requestState === undefined ? undefined : { requestState }),
      }
      result = await this.#round({ ...request, params: { ...request.params, ...answered } })
    }
    return result
  }

  #channel(request: Request): MemoryChannel {
    const { options } = request
    return new MemoryChannel({
      headers: this.#headers.write(request),
      principal: options.principal ?? this.#options.principal,
      takesObjects: this.#options.serialize === false,
      listeners: options === noOptions ? this.#options : listenersOf(options, this.#options),
    })
  }
}

/** @see S28/basic/transports/streamable-http#server-validation */
const headerMismatch = -32020

function isQuestion(result: object): result is InputRequiredResult {
  return "resultType" in result && result.resultType === "input_required"
}

/** Takes the result out of an answer. */
function read(method: string, reply: Reply, channel: MemoryChannel): object {
  if (channel.failure !== undefined) throw channel.failure.error
  if (reply.result !== undefined) return reply.result
  // The engine answers every request with a response, which it wrote itself.
  const answer = JSON.parse(reply.body ?? "") as { readonly result?: object; readonly error?: RpcError }
  if (answer.result !== undefined) return answer.result
  throw new RequestFailed(method, answer.error ?? { code: 0, message: "no answer" }, reply.status)
}

function listenersOf(options: RequestOptions, client: Listeners): Listeners {
  const onProgress = options.onProgress ?? client.onProgress
  const onLog = options.onLog ?? client.onLog
  const onNotification = options.onNotification ?? client.onNotification
  return {
    ...(onProgress && { onProgress }),
    ...(onLog && { onLog }),
    ...(onNotification && { onNotification }),
  }
}

/** Waits for a result, or cancels its call when the signal says so. */
function untilAborted(result: Promise<object>, signal: AbortSignal, channel: MemoryChannel): Promise<object> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(signal.reason)
      channel.abort("cancel")
    }
    signal.addEventListener("abort", abort, { once: true })
    result.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort))
  })
}
