import { isUtf8 } from "node:buffer"
import { InvalidRequest, ParseError } from "../errors/protocol.ts"
import { ContentLengthFraming } from "../errors/stdio.ts"
import { errorToJson } from "../protocol/codec.ts"
import { toFailure, unexpected } from "../protocol/dispatcher.ts"
import { isObject, isRequestId, type RequestId } from "../protocol/jsonrpc.ts"
import { memorySessions } from "../protocol/session/memory-sessions.ts"
import type { Sessions } from "../protocol/session/session.ts"
import type { Connection, MessageHandler, Reply } from "../protocol/transport.ts"
import { clip } from "../shared/clip.ts"
import { withoutMark } from "../shared/utf8.ts"
import { MessageChannel } from "./message-channel.ts"

/** What a connection needs of what carries it. */
export interface Wire {
  /** Writes lines, each with its end. */
  write(text: string): void
  /** Resolves when the other side has taken what was written; `undefined` if it keeps up. */
  drained(): Promise<void> | undefined
  /** Ends the connection, from which nothing sensible will come any more. */
  end(): void
  /** Notes an error that nobody can be told of. */
  report(error: unknown): string
}

/** The most requests that may run at once. */
const maxRequests = 10_000

/**
 * Carries the messages of one client over a pair of byte streams, one per line: stdio, a socket. Both eras at once; the
 * session, if one is opened, is the connection's own.
 *
 * @see S28/basic/transports/stdio, S28/basic/transports/index#custom-transports
 */
export class MessageConnection implements Connection {
  sessionId: string | undefined
  readonly sessions: Sessions
  isSilent: boolean
  readonly #handler: MessageHandler
  readonly #wire: Wire
  readonly #running: Set<MessageChannel> = new Set()
  /** Those that can be cancelled, by their ids. */
  readonly #byId: Map<RequestId, MessageChannel> = new Map()
  /** Those that only their client ends. */
  readonly #subscriptions: Set<MessageChannel> = new Set()
  readonly #onIdle: Set<() => void> = new Set()
  /** What came while a session was being opened, which may be what it belongs to. */
  #waiting: unknown[] | undefined
  #pending = ""
  #isOver = false

  constructor(handler: MessageHandler, wire: Wire) {
    this.sessionId = undefined
    this.isSilent = false
    this.sessions = memorySessions({ idleMs: Number.POSITIVE_INFINITY, max: 1 })
    this.#handler = handler
    this.#wire = wire
  }

  /** Takes one line; nothing stands for one that was too long. */
  receive(line: Buffer | undefined): void {
    if (this.#isOver) return
    try {
      const text = line === undefined ? undefined : textOf(line)
      if (text === undefined) throw new ParseError("A line was longer than messages may be.")
      // An empty line is none of JSON-RPC, and harmless.
      if (text.trim() === "") return
      if (/^content-length\s*:/i.test(text)) {
        this.#refuseFraming()
        return
      }
      this.#take(parse(text))
    } catch (error) {
      this.#refuse(error)
    }
  }

  send(json: string): void {
    if (this.#isOver) return
    if (this.#pending === "") queueMicrotask(() => this.#flush())
    // Messages have no line breaks: JSON escapes them.
    this.#pending += `${json}\n`
  }

  drained(): Promise<void> | undefined {
    this.#flush()
    return this.#wire.drained()
  }

  /** Resolves when nothing runs any more. */
  idle(): Promise<void> {
    if (this.#running.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#onIdle.add(resolve))
  }

  /** Ends what only a word of the client would end, now that it says no more. All else goes on. */
  hearNoMore(): void {
    this.isSilent = true
    for (const channel of this.#subscriptions) channel.abort("disconnect")
    for (const channel of this.#running) channel.giveUpAsking()
  }

  /** Ends what still runs: there is nobody to answer any more. */
  over(): void {
    if (this.#isOver) return
    this.#flush()
    this.#isOver = true
    for (const channel of this.#running) channel.abort("disconnect")
    this.#endSession()
  }

  #endSession(): void {
    if (this.sessionId !== undefined) void this.#handler.end?.(new MessageChannel(this))
  }

  /** Takes messages in their order, also where a client does not wait for its session to be open. */
  #take(message: unknown): void {
    if (this.#waiting === undefined) {
      this.#serve(message)
      return
    }
    if (this.#waiting.length >= maxRequests)
      throw new InvalidRequest(`More than ${maxRequests} messages wait.`)
    this.#waiting.push(message)
  }

  #goOn(): void {
    const waiting = this.#waiting ?? []
    this.#waiting = undefined
    for (const message of waiting) {
      try {
        this.#take(message)
      } catch (error) {
        this.#refuse(error)
      }
    }
  }

  #serve(message: unknown): void {
    this.#cancel(message)
    const id = idOf(message)
    if (this.#running.size >= maxRequests)
      throw new InvalidRequest(`More than ${maxRequests} requests are running.`)
    if (id !== undefined && this.#byId.has(id))
      throw new InvalidRequest(`A request with the id \`${clip(String(id))}\` is running already.`)
    const channel = new MessageChannel(this)
    const reply = this.#handler.handle(message, channel)
    if (!(reply instanceof Promise)) this.#answer(channel, reply)
    else this.#await(message, channel, reply)
  }

  #await(message: unknown, channel: MessageChannel, reply: Promise<Reply>): void {
    const id = idOf(message)
    this.#running.add(channel)
    if (id !== undefined) this.#byId.set(id, channel)
    const method = isObject(message) ? message.method : undefined
    if (method === "subscriptions/listen") this.#subscribe(channel)
    const opens = method === "initialize"
    if (opens) this.#waiting = []
    reply
      .then((settled) => this.#answer(channel, settled))
      // Not by the contract of the handler; a connection must outlive even that.
      .catch((error) => this.#refuse(error))
      .finally(() => {
        if (opens) this.#goOn()
        // It left while its session was being opened.
        if (opens && this.#isOver) this.#endSession()
        if (id !== undefined) this.#byId.delete(id)
        this.#running.delete(channel)
        this.#subscriptions.delete(channel)
        if (this.#running.size > 0) return
        for (const resolve of this.#onIdle) resolve()
        this.#onIdle.clear()
      })
  }

  #subscribe(channel: MessageChannel): void {
    this.#subscriptions.add(channel)
    if (this.isSilent) channel.abort("disconnect")
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

  /** Whoever frames messages by headers reads no lines either: there is nothing to go on with. */
  #refuseFraming(): void {
    const error = new ContentLengthFraming()
    this.#wire.report(error)
    this.#refuse(error)
    this.over()
    this.#wire.end()
  }

  #refuse(error: unknown): void {
    const failure = toFailure(error) ?? unexpected(this.#wire.report(error), error)
    this.send(errorToJson(undefined, failure.error))
  }

  #flush(): void {
    const text = this.#pending
    this.#pending = ""
    if (text !== "" && !this.#isOver) this.#wire.write(text)
  }
}

function textOf(line: Buffer): string {
  if (!isUtf8(line)) throw new ParseError("A line is not UTF-8.")
  return withoutMark(line.toString("utf8"))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ParseError("A line is not JSON.", { cause })
  }
}

function idOf(message: unknown): RequestId | undefined {
  if (!isObject(message) || typeof message.method !== "string") return undefined
  const { id } = message
  return isRequestId(id) ? id : undefined
}
