import type { MaybePromise } from "../shared/maybe-promise.ts"
import type { ServerCapabilities } from "../spec/index.ts"
import type { Principal } from "./principal.ts"
import type { Sessions } from "./session/session.ts"

/** The headers of a request, by lower-case name. */
export interface HeaderBag {
  /** The value of a header, by lower-case name; several of one name are joined. */
  get(name: string): string | undefined
  /** All headers. */
  entries(): Iterable<readonly [string, string]>
}

/**
 * Carries one incoming message and what is sent in answer to it. HTTP makes one per POST;
 * stdio and memory one per message.
 */
export interface Channel {
  /** What the transport is called: `http`, `sse`, `stdio`, `sdk`, `memory`. Default: it does not say. */
  readonly transport?: string | undefined
  /** The headers of the request, or `undefined` where the transport has none. */
  readonly headers: HeaderBag | undefined
  /** Who is calling, if an authenticator said so. */
  readonly principal: Principal | undefined
  /** Whether something was sent already, so that an HTTP status can no longer be chosen. */
  readonly committed: boolean
  /** Whether it takes the result of a call as the object it is, not as JSON: only within one process. Default: no. */
  readonly takesObjects?: boolean
  /** Where the sessions live that it may belong to: `"memory"` is the server's own. None where it is served without. */
  readonly sessions?: Sessions | "memory" | undefined
  /** The session that it names. */
  readonly sessionId?: string | undefined
  /** The connection it came over, where that is the session: stdio, memory. */
  readonly connection?: Connection | undefined
  /** Sends one serialized message ahead of the answer; where events have ids, under this one. */
  send(json: string, eventId?: string): void
  /** Opens the stream before there is anything to send, with an event that has an id and says nothing else. */
  open?(eventId?: string): void
  /** Ends the stream before the answer, and says in how many milliseconds to come back for the rest. */
  close?(retryMs?: number): void
  /** Resolves when the peer has taken in what was sent, at once if it keeps up. */
  drained(): Promise<void> | undefined
  /** Aborts `call` if the peer goes away before the answer. */
  onDisconnect(call: Abortable): void
}

/** A connection that carries all messages of one client, both ways. */
export interface Connection {
  /** The session that was opened over it. */
  sessionId: string | undefined
  /** Sends a message that belongs to no request. */
  send(json: string): void
}

/** What a transport aborts when the peer goes away. */
export interface Abortable {
  abort(reason: "disconnect" | "cancel"): void
  /** Gives up what waits for a word of the peer, which says no more but still listens. Default: nothing does. */
  giveUpAsking?(): void
}

/** The answer to one message. */
export interface Reply {
  /** The HTTP status; other transports ignore it. */
  readonly status: number
  /** The serialized message, or `undefined` when there is nothing to say (a notification). */
  readonly body: string | undefined
  /** The result of the call itself, where the channel takes objects; then there is no `body`. */
  readonly result?: object
  readonly headers?: { readonly [name: string]: string } | undefined
}

/** Serves the messages of one peer or of many: what every transport talks to. */
export interface MessageHandler {
  /** What it offers, known once it has started. Default: nothing that it would tell. */
  readonly capabilities?: ServerCapabilities
  /** Whether requests would be served now. Default: they would. */
  readonly isReady?: boolean
  /**
   * Starts what it needs, once. Default: nothing.
   *
   * @throws {ServerClosed} It has closed.
   */
  start?(): Promise<void>
  /** Answers one parsed message. Never throws or rejects. */
  handle(message: unknown, channel: Channel): MaybePromise<Reply>
  /** Opens the stream for what belongs to no request of a session, until it is over. Default: there is none. */
  listen?(channel: Channel): MaybePromise<Reply>
  /** Ends a session. Default: there is none. */
  end?(channel: Channel): MaybePromise<Reply>
  /**
   * Calls `end` when the server closes, until what it returns is called. Default: it does not close.
   *
   * @throws {ServerClosed} It has.
   */
  onClose?(end: () => void): () => void
}
