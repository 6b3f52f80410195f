import { InvalidRequest } from "../errors/protocol.ts"
import { clip } from "../shared/clip.ts"
import { errorToJson } from "./codec.ts"
import { toFailure, unexpected } from "./dispatcher.ts"
import { isObject, isRequestId, type RequestId } from "./jsonrpc.ts"
import { MessageChannel, type Sender } from "./message-channel.ts"
import { memorySessions } from "./session/memory-sessions.ts"
import type { Sessions } from "./session/session.ts"
import type { Connection, MessageHandler, Reply } from "./transport.ts"

/** What a connection needs of what carries it. */
export interface Wire {
  /** What the transport is called. */
  readonly transport: string
  /** Sends one serialized message. */
  send(json: string): void
  /** Resolves when the other side has taken what was sent; `undefined` if it keeps up. */
  drained(): Promise<void> | undefined
  /** Notes an error that nobody can be told of. */
  report(error: unknown): string
}

/** The most requests that may run at once. */
const maxRequests = 10_000

/** A message that has to wait, and whoever wants to know when it is served. */
interface Waiting {
  readonly message: unknown
  readonly sender: Sender
  readonly served: () => void
}

/**
 * Carries the messages of one client that all come the same way: stdio, a socket, one event stream, memory. Both eras at
 * once; the session, if one is opened, is the connection's own.
 *
 * @see S28/basic/transports/index#custom-transports
 */
export class MessageConnection implements Connection {
  sessionId: string | undefined
  readonly transport: string
  readonly sessions: Sessions
  isSilent: boolean
  readonly #handler: MessageHandler
  readonly #wire: Wire
  readonly #running: Set<MessageChannel> = new Set()
  /** Those that can be cancelled, by their ids. */
  readonly #byId: Map<RequestId, MessageChannel> = new Map()
  /** Those that go on until somebody ends them. */
  readonly #standing: Set<MessageChannel> = new Set()
  readonly #onIdle: Set<() => void> = new Set()
  /** What came while a session was being opened, which may be what it belongs to. */
  #waiting: Waiting[] | undefined
  readonly #opener: Sender
  #isOver = false

  /** @param opener Who opened the connection, who is also taken to send what comes without a sender of its own. */
  constructor(handler: MessageHandler, wire: Wire, opener: Sender = {}) {
    this.sessionId = undefined
    this.isSilent = false
    this.sessions = memorySessions({ idleMs: Number.POSITIVE_INFINITY, max: 1 })
    this.transport = wire.transport
    this.#handler = handler
    this.#wire = wire
    this.#opener = opener
  }

  /**
   * Takes one message, in their order also where a client does not wait for its session to be open. What is returned
   * resolves when it is served; nothing where that is done. What is wrong with it the client is told.
   */
  receive(message: unknown, sender: Sender = this.#opener): Promise<void> | undefined {
    if (this.#isOver) return undefined
    try {
      const waiting = this.#waiting
      if (waiting === undefined) return this.#serve(message, sender)
      if (waiting.length >= maxRequests) throw new InvalidRequest(`More than ${maxRequests} messages wait.`)
      return new Promise((served) => waiting.push({ message, sender, served }))
    } catch (error) {
      this.refuse(error)
      return undefined
    }
  }

  /** Tells the client what was wrong with what could not be read as a message. */
  refuse(error: unknown): void {
    const failure = toFailure(error) ?? unexpected(this.#wire.report(error), error)
    this.send(errorToJson(undefined, failure.error))
  }

  send(json: string): void {
    if (!this.#isOver) this.#wire.send(json)
  }

  drained(): Promise<void> | undefined {
    return this.#wire.drained()
  }

  /** Ends what only a word of the client would end, which says no more, and resolves when nothing runs any more. */
  finish(): Promise<void> {
    this.isSilent = true
    for (const channel of this.#standing) channel.abort("cancel")
    for (const channel of this.#running) channel.giveUpAsking()
    if (this.#running.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#onIdle.add(resolve))
  }

  /** Ends what still runs: there is nobody to answer any more. */
  over(): void {
    if (this.#isOver) return
    this.#isOver = true
    for (const channel of this.#running) channel.abort("disconnect")
    this.#endSession()
  }

  #endSession(): void {
    if (this.sessionId !== undefined) void this.#handler.end?.(new MessageChannel(this, this.#opener))
  }

  #goOn(): void {
    const waiting = this.#waiting ?? []
    this.#waiting = undefined
    for (const { message, sender, served } of waiting) {
      const done = this.receive(message, sender)
      if (done === undefined) served()
      else void done.then(served)
    }
  }

  #serve(message: unknown, sender: Sender): Promise<void> | undefined {
    this.#cancel(message)
    const id = idOf(message)
    if (this.#running.size >= maxRequests)
      throw new InvalidRequest(`More than ${maxRequests} requests are running.`)
    if (id !== undefined && this.#byId.has(id))
      throw new InvalidRequest(`A request with the id \`${clip(String(id))}\` is running already.`)
    const channel = new MessageChannel(this, sender)
    const reply = this.#handler.handle(message, channel)
    if (reply instanceof Promise) return this.#await(message, channel, reply)
    this.#answer(channel, reply)
    return undefined
  }

  #await(message: unknown, channel: MessageChannel, reply: Promise<Reply>): Promise<void> {
    const id = idOf(message)
    this.#running.add(channel)
    if (id !== undefined) this.#byId.set(id, channel)
    const method = isObject(message) ? message.method : undefined
    if (method === "subscriptions/listen") this.#stand(channel)
    const opens = method === "initialize"
    if (opens) this.#waiting = []
    return (
      reply
        .then((settled) => this.#answer(channel, settled))
        // Not by the contract of the handler; a connection must outlive even that.
        .catch((error) => this.refuse(error))
        .finally(() => {
          if (opens) this.#goOn()
          // It left while its session was being opened.
          if (opens && this.#isOver) this.#endSession()
          if (id !== undefined) this.#byId.delete(id)
          this.#running.delete(channel)
          this.#standing.delete(channel)
          if (this.#running.size > 0) return
          for (const resolve of this.#onIdle) resolve()
          this.#onIdle.clear()
        })
    )
  }

  #stand(channel: MessageChannel): void {
    this.#standing.add(channel)
    if (this.isSilent) channel.abort("cancel")
  }

  #answer(channel: MessageChannel, { body }: Reply): void {
    // S28/basic/transports/stdio#cancellation: nothing further is sent for what was cancelled.
    if (body !== undefined && !channel.isCancelled) this.send(body)
  }

  #cancel(message: unknown): void {
    if (!isObject(message) || message.method !== "notifications/cancelled" || !isObject(message.params))
      return
    // A key that is no id finds nothing.
    this.#byId.get(message.params.requestId as RequestId)?.abort("cancel")
  }
}

function idOf(message: unknown): RequestId | undefined {
  if (!isObject(message) || typeof message.method !== "string") return undefined
  const { id } = message
  return isRequestId(id) ? id : undefined
}
