import type { MaybePromise } from "../../shared/maybe-promise.ts"
import type { Channel } from "../transport.ts"
import { newStreamId, type SessionLink, type StreamEvent } from "./session.ts"

/** Where a stream of a session goes, and what keeps it for clients that lose it. */
export interface StreamParts {
  readonly session: string
  readonly channel: Channel
  /** Keeps what is sent; nothing where a lost stream is lost. */
  readonly link: SessionLink | undefined
  /** Whether the client is given an event id before there is anything to say. */
  readonly primes: boolean
  /** Whether it carries what belongs to no request. Default `false`. */
  readonly isStandalone?: boolean
  /** Whether nothing is sent but the answer. Default `false`. */
  readonly isMute?: boolean
  /** Hears of what the link failed to keep or to tell. */
  readonly onError: (error: unknown) => void
}

/**
 * What goes to the client on one connection, and after it is lost, to wherever the client comes back. Nothing is sent
 * before it is kept: who comes back for what follows an event must find that event.
 */
export class SessionStream {
  readonly #parts: StreamParts
  #link: SessionLink | undefined
  #channel: Channel | undefined
  #id: string | undefined
  #count = 0
  #isOver = false
  /** The last of what is still under way, where the link takes its time. */
  #pending: Promise<void> | undefined

  constructor(parts: StreamParts) {
    this.#parts = parts
    this.#link = parts.link
    this.#channel = parts.channel
  }

  /** Whether a client that lost it can come back for it. */
  get isKept(): boolean {
    return this.#parts.link !== undefined
  }

  /** Its name in the ids of its events; none before it was opened. */
  get id(): string | undefined {
    return this.#id
  }

  /** Whether the answer has to go through it: something was sent, or the connection is gone. */
  get isTaken(): boolean {
    return this.#id !== undefined || this.#channel === undefined || this.#channel.committed
  }

  /** Opens the stream before there is anything to say. */
  open(): void {
    const { primes, isStandalone = false } = this.#parts
    const link = this.#link
    const channel = this.#channel
    if (channel === undefined || this.#id !== undefined) return
    const name = newStreamId(isStandalone)
    this.#id = name
    if (!primes || link === undefined) {
      // What belongs to a request is opened by the message that follows.
      if (isStandalone) channel.open?.()
      return
    }
    const event: StreamEvent = { id: `${name}-0`, json: undefined, isLast: false }
    this.#next(() => this.#link?.keep(this.#parts.session, event))
    this.#next(() => this.#channel?.open?.(event.id))
  }

  send(json: string): void {
    if (this.#parts.isMute !== true) this.#write(json, false)
  }

  /** Sends the last message, or only ends; what is returned resolves when that is done. */
  end(json: string | undefined): MaybePromise<void> {
    if (this.#isOver) return this.#pending
    this.#write(json, true)
    this.#isOver = true
    return this.#next(() => this.detach())
  }

  /** Lets the connection go, and tells the client when to come back for the rest; where it knows how to. */
  release(retryMs: number): void {
    // Who was given no event id yet could not say what to go on from.
    if (this.#link === undefined || (!this.#parts.primes && this.#count === 0)) return
    this.open()
    this.#next(() => this.#letGo(retryMs))
  }

  /** Goes on without the connection, which is lost. */
  detach(): void {
    this.#letGo(undefined)
  }

  /** Goes on without the connection, since the client has come back on another; says so once all before is kept. */
  handOver(): void {
    this.detach()
    const stream = this.#id
    if (stream !== undefined)
      this.#next(() => this.#link?.send(this.#parts.session, { kind: "left", stream }))
  }

  /** Keeps nothing any more: the session is over, and nobody comes back. */
  forget(): void {
    this.#link = undefined
  }

  #letGo(retryMs: number | undefined): void {
    // One that was never opened has nothing to close.
    if (this.#id !== undefined) this.#channel?.close?.(retryMs)
    this.#channel = undefined
  }

  #write(json: string | undefined, isLast: boolean): void {
    if (this.#isOver) return
    if (this.#link === undefined) {
      if (json !== undefined) this.#next(() => this.#channel?.send(json))
      return
    }
    this.open()
    // A stream whose connection was lost before it was opened has nobody to come back for it.
    if (this.#id === undefined) return
    const event: StreamEvent = { id: `${this.#id}-${++this.#count}`, json, isLast }
    this.#next(() => this.#link?.keep(this.#parts.session, event))
    this.#next(() => this.#deliver(event))
  }

  #deliver(event: StreamEvent): MaybePromise<unknown> {
    if (this.#channel === undefined) return this.#link?.send(this.#parts.session, { kind: "event", event })
    if (event.json !== undefined) this.#channel.send(event.json, event.id)
    return undefined
  }

  /** Takes a step after all before it: at once, unless one of them takes its time. */
  #next(step: () => MaybePromise<unknown>): Promise<void> | undefined {
    if (this.#pending !== undefined) return this.#wait(this.#pending.then(step))
    try {
      const done = step()
      return done instanceof Promise ? this.#wait(done) : undefined
    } catch (error) {
      this.#parts.onError(error)
      return undefined
    }
  }

  #wait(step: Promise<unknown>): Promise<void> {
    const pending = step.then(
      () => undefined,
      (error) => this.#parts.onError(error),
    )
    this.#pending = pending
    pending.then(() => {
      if (this.#pending === pending) this.#pending = undefined
    })
    return pending
  }
}
