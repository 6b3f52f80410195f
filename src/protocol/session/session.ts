import type { MaybePromise } from "../../shared/maybe-promise.ts"
import type { ClientCapabilities, Implementation, LoggingLevel } from "../../spec/index.ts"
import type { SessionRevision } from "../../spec/revisions.ts"
import type { Params, RequestId } from "../jsonrpc.ts"
import type { VisibilityRule } from "../visibility-rule.ts"

/** What a session remembers: plain JSON, so that any store can keep it. */
export interface SessionData {
  /** What the client names it by. Nobody can guess it. */
  readonly id: string
  /** The `Principal.key` of who opened it; to anybody else it does not exist. */
  readonly owner: string
  /** The revision that was negotiated. */
  readonly revision: SessionRevision
  /** What the client said it can do. */
  readonly capabilities: ClientCapabilities
  /** What the client said it is. */
  readonly info: Implementation | undefined
  /** The least severe level it wants logged; all until it says one. */
  readonly logLevel: LoggingLevel | undefined
  /** The URIs it wants to hear of. */
  readonly subscriptions: readonly string[]
  /** What handlers hid from it; of the rules that concern a component, the last decides. Default: nothing is hidden. */
  readonly visibility?: readonly VisibilityRule[] | undefined
  /** The ids of the last pages that it was asked to have visited; it hears when one of them is done. Default: none. */
  readonly elicitations?: readonly string[]
}

/**
 * Keeps what sessions remember. Whoever shares one serves the same sessions.
 *
 * @see S11/basic/transports#session-management
 * @example
 * const sessions = memorySessions()
 * const one = new FleetMCP("Demo", { http: { sessions } })
 * const other = new FleetMCP("Demo", { http: { sessions } })
 */
export interface SessionStore {
  /** How many it has, for statistics, where it can say so at once. */
  readonly size?: number
  /** Keeps a new session. */
  create(session: SessionData): MaybePromise<void>
  /** Gives a session and renews its idle time; `undefined` where there is none, or it was idle too long. */
  get(id: string): MaybePromise<SessionData | undefined>
  /** Keeps what `change` makes of a session, atomically, and gives it; `undefined` where there is none. */
  update(id: string, change: (session: SessionData) => SessionData): MaybePromise<SessionData | undefined>
  /** Forgets a session. Says whether there was one. */
  delete(id: string): MaybePromise<boolean>
}

/** One message of a stream, as it is kept for clients that come back for it. */
export interface StreamEvent {
  /** The stream and the place in it: `r3f9a0c2e-7`. */
  readonly id: string
  /** The message; none where the stream only ended. */
  readonly json: string | undefined
  /** Whether nothing follows. */
  readonly isLast: boolean
}

/** What those that serve one session tell each other. */
export type SessionSignal =
  /** The client answered a request of ours, which whoever asked waits for. */
  | { readonly kind: "response"; readonly message: Params }
  /** The client cancelled a call, which whoever runs it aborts. */
  | { readonly kind: "cancel"; readonly requestId: RequestId }
  /** A stream whose connection is gone goes on: for whoever has the client back. */
  | { readonly kind: "event"; readonly event: StreamEvent }
  /**
   * The client has come back for a stream; without a name, for what belongs to no request. Of several that tell it, the
   * one told last has the stream.
   */
  | { readonly kind: "taken"; readonly stream: string | undefined; readonly by: string }
  /** A stream that was taken has let its connection go: all it said there is kept. */
  | { readonly kind: "left"; readonly stream: string }
  /** The session is over. */
  | { readonly kind: "end" }

/**
 * Joins those that serve the same session: what one of them hears, another may wait for. Also keeps the last messages
 * of streams, so that a client that lost one can read on, wherever it comes back.
 *
 * @see S11/basic/transports#resumability-and-redelivery
 */
export interface SessionLink {
  /** Tells all who listen for this session, whoever tells it included. */
  send(session: string, signal: SessionSignal): MaybePromise<void>
  /** Listens for a session until what it returns is called. */
  subscribe(session: string, hear: (signal: SessionSignal) => void): () => void
  /** Keeps a message of a stream, for a while and among a bounded number. */
  keep(session: string, event: StreamEvent): MaybePromise<void>
  /**
   * An event and what followed it on its stream, in order, as far as it is still kept; `undefined` where nothing of the
   * stream is kept from there on.
   */
  since(session: string, eventId: string): MaybePromise<readonly StreamEvent[] | undefined>
  /** Forgets all messages of a session. */
  forget(session: string): MaybePromise<void>
}

/** Where sessions live: their data, and what joins those that serve them. */
export interface Sessions {
  readonly store: SessionStore
  readonly link: SessionLink
}

/** The stream that an event belongs to. */
export function streamOf(eventId: string): string {
  return eventId.slice(0, eventId.lastIndexOf("-"))
}

/** The place of an event in its stream; not a number where the id was made up. */
export function placeOf(eventId: string): number {
  const place = eventId.slice(eventId.lastIndexOf("-") + 1)
  return /^\d{1,15}$/.test(place) ? Number(place) : Number.NaN
}

/** Names a stream. What belongs to no request is told from the rest by its name. */
export function newStreamId(isStandalone: boolean): string {
  return `${isStandalone ? "s" : "r"}${crypto.randomUUID().slice(0, 8)}`
}

/** Whether an event is of a stream for what belongs to no request. */
export function isStandalone(eventId: string): boolean {
  return eventId.startsWith("s")
}
