import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/client"
import { isFleetError } from "../errors/any-fleet-error.ts"
import { ConnectionLost, RequestTimedOut, WrongResult } from "../errors/client.ts"
import { ClientClosed, RequestFailed } from "../errors/testing.ts"
import { isObject, type RequestId, type RpcError } from "../protocol/jsonrpc.ts"
import { metaKeys } from "../spec/meta.ts"
import type { Carrier } from "./carrier.ts"
import { Deadline } from "./deadline.ts"

/** A JSON object as it came. */
export type Json = { readonly [field: string]: unknown }

/** A notification as it came. */
export interface PeerNotification {
  readonly method: string
  readonly params: Json
}

/** A request of the server to its client, as it came. */
export interface PeerRequest {
  readonly method: string
  readonly params: Json
  /** Aborted when the server wants no answer any more, or is gone. */
  readonly signal: AbortSignal
}

/** What hears a server and answers it. */
export interface Listeners {
  /** Hears notifications. */
  readonly onNotification?: ((notification: PeerNotification) => void) | undefined
  /** Answers requests of the server: sessions only. An error with a numeric `rpc` or `code` is answered as it is. */
  readonly onRequest?: ((request: PeerRequest) => Promise<object>) | undefined
}

/** What can be said of one message that expects an answer. */
export interface SendOptions extends Listeners {
  /** Gives the request up and tells the server so. */
  readonly signal?: AbortSignal | undefined
  /** How long there may be silence; progress starts the time anew, and while the server waits for us it stands still. */
  readonly timeoutMs: number
  /** How long it may take in all. */
  readonly maxTimeoutMs: number
  /** HTTP headers of this request alone. */
  readonly headers?: { readonly [name: string]: string } | undefined
  /** Whether the server is asked to tell how far it is. */
  readonly wantsProgress?: boolean | undefined
}

interface Pending {
  readonly method: string
  readonly options: SendOptions
  readonly deadline: Deadline
  /** The progress token of whoever asked, which comes back in place of ours. */
  readonly token: unknown
  resolve(result: Json): void
  reject(error: unknown): void
}

/** The most requests of a server that are answered at once: one that sends more is refused. */
const mostQuestions = 100

/**
 * Speaks JSON-RPC over a transport of the SDK, once that has shaken hands: what the SDK's own client would drop or refuse,
 * unknown content and fields, goes through as it came.
 */
export class Rpc {
  readonly #carrier: Carrier
  readonly #listeners: Listeners
  readonly #isStateless: boolean
  readonly #pending: Map<RequestId, Pending> = new Map()
  readonly #questions: Map<RequestId, AbortController> = new Map()
  readonly #onEnd: Set<(error: Error) => void> = new Set()
  // The SDK has counted from 0 to shake hands.
  #lastId = 1_000
  #end: Error | undefined

  constructor(carrier: Carrier, isStateless: boolean, listeners: Listeners) {
    this.#carrier = carrier
    this.#isStateless = isStateless
    this.#listeners = listeners
    const { transport } = carrier
    transport.onmessage = (message) => this.#receive(message, undefined)
    transport.onclose = () => this.end(new ConnectionLost(carrier.name, "it was closed"))
    transport.onerror = () => undefined
  }

  /** Whether it is over, and why. */
  get ended(): Error | undefined {
    return this.#end
  }

  /** How many requests wait for an answer. */
  get running(): number {
    return this.#pending.size
  }

  /** Calls back once when the connection is over, until what is returned is called. */
  onEnd(listener: (error: Error) => void): () => void {
    this.#onEnd.add(listener)
    return () => this.#onEnd.delete(listener)
  }

  /** Sends a request and gives its result as it came. */
  async request(method: string, params: Json, options: SendOptions): Promise<Json> {
    options.signal?.throwIfAborted()
    if (this.#end !== undefined) throw this.#end
    const id = ++this.#lastId
    const meta = isObject(params._meta) ? params._meta : undefined
    const token = meta?.progressToken
    const asksProgress = options.wantsProgress === true || token !== undefined
    const sent = asksProgress ? { ...params, _meta: { ...meta, progressToken: id } } : params
    const deadline = new Deadline(
      options.timeoutMs,
      () => new RequestTimedOut(method, options.timeoutMs),
      options.signal,
    )
    const latest = setTimeout(
      () => deadline.expire(new RequestTimedOut(method, options.maxTimeoutMs)),
      options.maxTimeoutMs,
    )
    const stream = new AbortController()
    try {
      return await new Promise<Json>((resolve, reject) => {
        this.#pending.set(id, { method, options, deadline, token, resolve, reject })
        deadline.signal.addEventListener("abort", () => {
          reject(deadline.signal.reason)
          // S28/basic/patterns/cancellation: who leaves may still be sent to; the stream ends when that is said.
          void this.#cancel(id, deadline.signal.reason).finally(() => stream.abort())
        })
        const message = { jsonrpc: "2.0", id, method, params: sent }
        this.#send(message, stream.signal, options).catch((error: unknown) =>
          reject(this.#explained(error, method)),
        )
      })
    } finally {
      deadline[Symbol.dispose]()
      clearTimeout(latest)
      this.#pending.delete(id)
    }
  }

  /** Sends a notification. */
  async notify(method: string, params: Json): Promise<void> {
    if (this.#end !== undefined) throw this.#end
    await this.#transport.send({ jsonrpc: "2.0", method, params } as JSONRPCMessage)
  }

  /** Fails all that waits for an answer; nothing is sent or heard from now on. */
  end(error: Error = new ClientClosed()): void {
    if (this.#end !== undefined) return
    this.#end = error
    for (const { reject } of this.#pending.values()) reject(error)
    for (const question of this.#questions.values()) question.abort(error)
    for (const listener of this.#onEnd) listener(error)
  }

  get #transport(): Transport {
    return this.#carrier.transport
  }

  #send(message: { readonly id: number }, stream: AbortSignal, options: SendOptions): Promise<void> {
    const { id } = message
    const end = () =>
      this.#pending
        .get(id)
        ?.reject(new ConnectionLost(this.#carrier.name, "its stream ended before the answer"))
    // `as`: the SDK's own type of messages, which parameters as they came do not state.
    return this.#facade(id).send(message as JSONRPCMessage, {
      requestSignal: stream,
      onRequestStreamEnd: end,
      headers: options.headers,
    })
  }

  /** The transport as one request sees it: over HTTP, what comes on its stream is known to belong to it. */
  #facade(id: RequestId): Transport {
    if (this.#carrier.kind !== "http") return this.#transport
    const facade: Transport = Object.create(this.#transport)
    Object.defineProperty(facade, "onmessage", {
      value: (message: JSONRPCMessage) => this.#receive(message, id),
    })
    return facade
  }

  async #cancel(requestId: RequestId, reason: unknown): Promise<void> {
    // S28/basic/transports/streamable-http: leaving the stream says it.
    if (this.#end !== undefined || (this.#isStateless && this.#carrier.kind === "http")) return
    const words = reason instanceof Error ? reason.message : String(reason)
    // Who cannot be told is gone, which its own end says.
    await this.notify("notifications/cancelled", { requestId, reason: words.slice(0, 500) }).catch(
      () => undefined,
    )
  }

  #receive(message: unknown, of: RequestId | undefined): void {
    if (this.#end !== undefined || !isObject(message)) return
    const { id, method } = message
    const params = isObject(message.params) ? message.params : {}
    if (typeof method !== "string") this.#settle(message)
    else if (typeof id === "string" || typeof id === "number") {
      // S28/basic/transports/stdio: without sessions servers ask by results, and what they send otherwise is no request.
      if (!this.#isStateless) void this.#answer(id, { method, params }, of)
    } else this.#hear({ method, params }, of)
  }

  #settle(message: Json): void {
    // `as`: no other key finds one.
    const pending = this.#pending.get(message.id as RequestId)
    if (pending === undefined) return
    const { method, resolve, reject } = pending
    if (isObject(message.result)) resolve(message.result)
    else if (isObject(message.error)) reject(new RequestFailed(method, toRpcError(message.error), 200))
    else reject(new WrongResult(method, "is no object"))
  }

  #hear(notification: PeerNotification, of: RequestId | undefined): void {
    const { method, params } = notification
    if (method === "notifications/cancelled") {
      this.#questions
        .get(params.requestId as RequestId)
        ?.abort(new ConnectionLost(this.#carrier.name, "cancelled"))
      return
    }
    const id =
      method === "notifications/progress" ? (params.progressToken as RequestId) : (of ?? streamOf(params))
    const pending = id === undefined ? undefined : this.#pending.get(id)
    if (pending === undefined) {
      // Progress of what is answered already is nobody's.
      if (method !== "notifications/progress") tell(this.#listeners, notification)
      return
    }
    pending.deadline.touch()
    const { token } = pending
    const isOurs = method !== "notifications/progress" || token === undefined
    const heard = isOurs ? notification : { method, params: { ...params, progressToken: token } }
    tell(pending.options.onNotification === undefined ? this.#listeners : pending.options, heard)
  }

  async #answer(id: RequestId, asked: Omit<PeerRequest, "signal">, of: RequestId | undefined): Promise<void> {
    const response = await this.#respond(id, asked, of)
    if (response === undefined || this.#end !== undefined) return
    const message = { jsonrpc: "2.0", id, ...response } as JSONRPCMessage
    // A server that does not take an answer has asked for nothing.
    await this.#transport.send(message).catch(() => undefined)
  }

  async #respond(
    id: RequestId,
    asked: Omit<PeerRequest, "signal">,
    of: RequestId | undefined,
  ): Promise<object | undefined> {
    if (asked.method === "ping") return { result: {} }
    if (this.#questions.has(id)) return undefined
    if (this.#questions.size >= mostQuestions)
      return { error: { code: -32603, message: `More than ${mostQuestions} requests wait for an answer.` } }
    const pending = this.#whoseQuestion(of)
    const answer = pending?.options.onRequest ?? this.#listeners.onRequest
    if (answer === undefined) return { error: { code: -32601, message: "This client does not answer that." } }
    const controller = new AbortController()
    this.#questions.set(id, controller)
    const ask = () => answer({ ...asked, signal: controller.signal })
    try {
      const result = await (pending === undefined ? ask() : pending.deadline.hold(ask))
      return controller.signal.aborted ? undefined : { result }
    } catch (error) {
      return controller.signal.aborted ? undefined : { error: toAnswer(error) }
    } finally {
      this.#questions.delete(id)
    }
  }

  /** Over HTTP the stream tells which request a question belongs to; elsewhere it is the newest that would answer. */
  #whoseQuestion(of: RequestId | undefined): Pending | undefined {
    if (of !== undefined) return this.#pending.get(of)
    const waiting = [...this.#pending.values()]
    return waiting.findLast(({ options }) => options.onRequest !== undefined) ?? waiting.at(-1)
  }

  #explained(error: unknown, method: string): unknown {
    return failureIn(error, method) ?? this.#carrier.explain(error) ?? error
  }
}

/** The `subscriptions/listen` request that a notification says it belongs to: where all come the same way. */
function streamOf({ _meta }: Json): RequestId | undefined {
  // `as`: no other key finds a request.
  return isObject(_meta) ? (_meta[metaKeys.subscriptionId] as RequestId | undefined) : undefined
}

function tell({ onNotification }: Listeners, notification: PeerNotification): void {
  try {
    onNotification?.(notification)
  } catch (error) {
    // It is whose listener threw, not the server's: said where uncaught errors are, with the connection unharmed.
    queueMicrotask(() => {
      throw error
    })
  }
}

/** The error that a server answered with an HTTP status, which the SDK gives as text. */
function failureIn(error: unknown, method: string): RequestFailed | undefined {
  const { data } = Object(error) as { readonly data?: { readonly text?: unknown; readonly status?: unknown } }
  if (typeof data?.text !== "string" || typeof data.status !== "number") return undefined
  try {
    const { error: failure } = JSON.parse(data.text) as { readonly error?: unknown }
    if (!isObject(failure) || typeof failure.code !== "number") return undefined
    return new RequestFailed(method, toRpcError(failure), data.status)
  } catch {
    // No message of the protocol.
    return undefined
  }
}

function toRpcError({ code, message, data }: Json): RpcError {
  return {
    code: typeof code === "number" ? code : 0,
    message: typeof message === "string" ? message : "no message",
    ...(data === undefined ? undefined : { data }),
  }
}

/** What a server is told of a question that failed: what errors say of themselves, and of others nothing. */
function toAnswer(error: unknown): RpcError {
  if (error instanceof RequestFailed) return error.error
  const { rpc, data } = Object(error) as { readonly rpc?: unknown; readonly data?: unknown }
  const message = isFleetError(error) ? error.message : "The client could not answer."
  if (typeof rpc === "number") return { code: rpc, message, ...(data === undefined ? undefined : { data }) }
  return { code: -32603, message }
}
