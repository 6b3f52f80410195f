import { longestTimer } from "../../shared/longest-timer.ts"
import { attempt } from "../../shared/maybe-promise.ts"
import type { Principal } from "../principal.ts"
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
  /** Hears of what the link failed to keep or to tell. */
  readonly onError: (error: unknown) => void
}

/** What goes to the client on one connection, and after it is lost, to wherever the client comes back. */
export class SessionStream {
  readonly #parts: StreamParts
  #channel: Channel | undefined
  #id: string | undefined
  #count = 0
  #isOver = false

  constructor(parts: StreamParts) {
    this.#parts = parts
    this.#channel = parts.channel
  }

  /** Its name in the ids of its events; none before it was opened. */
  get id(): string | undefined {
    return this.#id
  }

  /** Whether the client has the connection still. */
  get isAttached(): boolean {
    return this.#channel !== undefined
  }

  /** Opens the stream before there is anything to say. */
  open(): void {
    const { primes, link } = this.#parts
    const channel = this.#channel
    if (channel === undefined || this.#id !== undefined) return
    this.#id = newStreamId(this.#parts.isStandalone === true)
    if (!primes || link === undefined) {
      channel.open?.()
      return
    }
    const event: StreamEvent = { id: `${this.#id}-0`, json: undefined, isLast: false }
    this.#keep(link, event)
    channel.open?.(event.id)
  }

  send(json: string): void {
    this.#write(json, false)
  }

  /** Sends the last message, or only ends. */
  end(json: string | undefined): void {
    if (this.#isOver) return
    this.#write(json, true)
    this.#isOver = true
    this.#channel?.close?.()
    this.#channel = undefined
  }

  /** Lets the connection go, and tells the client when to come back for the rest. */
  release(retryMs: number): void {
    if (this.#parts.link === undefined) return
    this.open()
    this.#channel?.close?.(retryMs)
    this.#channel = undefined
  }

  /** Goes on without the connection, which is lost, or was left for another. */
  detach(): void {
    this.#channel?.close?.()
    this.#channel = undefined
  }

  #write(json: string | undefined, isLast: boolean): void {
    if (this.#isOver) return
    const { link, session } = this.#parts
    if (link === undefined) {
      if (json !== undefined) this.#channel?.send(json)
      return
    }
    this.open()
    // A stream whose connection was lost before it was opened has nobody to come back for it.
    if (this.#id === undefined) return
    const event: StreamEvent = { id: `${this.#id}-${++this.#count}`, json, isLast }
    this.#keep(link, event)
    if (this.#channel === undefined)
      attempt(() => link.send(session, { kind: "event", event }), this.#parts.onError)
    else if (json !== undefined) this.#channel.send(json, event.id)
  }

  #keep(link: SessionLink, event: StreamEvent): void {
    const { session, onError } = this.#parts
    attempt(() => link.keep(session, event), onError)
  }
}

/** Calls `end` when the credential runs out with which a stream was opened: it must not outlive it. */
export function atExpiry(principal: Principal | undefined, end: () => void): () => void {
  const expiresAt = principal?.expiresAt
  if (expiresAt === undefined) return () => undefined
  const timer = setTimeout(end, Math.min(Math.max(expiresAt - Date.now(), 0), longestTimer))
  return () => clearTimeout(timer)
}
