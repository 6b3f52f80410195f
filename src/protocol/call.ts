import type { HttpAnswer } from "../errors/fleet-error.ts"
import { CallAborted } from "../errors/protocol.ts"
import type { HeaderParam } from "../schema/header-params.ts"
import type { ClientCapabilities, Implementation, InputRequests, LoggingLevel } from "../spec/index.ts"
import type { ProtocolRevision } from "../spec/revisions.ts"
import type { Params, RequestId, RpcError } from "./jsonrpc.ts"
import type { Principal } from "./principal.ts"
import type { HeaderBag } from "./transport.ts"

/** The other side of a call, as far as this call knows it. */
export interface Peer {
  readonly revision: ProtocolRevision
  readonly principal: Principal | undefined
  /** What the client says it is: for display and logs, never for decisions. */
  readonly info: Implementation | undefined
  readonly capabilities: ClientCapabilities
}

/** Why a call's signal is aborted. */
export type AbortReason = "cancel" | "disconnect" | "timeout" | "shutdown" | "suspended"

/** One question to the client: an elicitation, a sampling request or a request for its roots. */
export interface Question {
  readonly method: "elicitation/create" | "sampling/createMessage" | "roots/list"
  readonly params: { readonly [name: string]: unknown } | undefined
  /** Names the question across rounds; without it its content does. */
  readonly key: string | undefined
  /** The nested call that asks, so that its questions are not taken for another's. */
  readonly scope?: string | undefined
}

/** What the client answers to a {@link Question}: the result of the method asked. */
export type Answer = { readonly [name: string]: unknown }

/** The way back to the peer while a call runs. An era implements it. */
export interface Exchange {
  /** Aborted when the call is cancelled, times out or is suspended; not after success. */
  readonly signal: AbortSignal
  readonly headers: HeaderBag | undefined
  /** The least severe level the peer wants logged to it, or `undefined` for none. */
  readonly logLevel: LoggingLevel | undefined
  /** Whether the call has ended or is suspended: nothing it does reaches the peer any more. */
  readonly inert: boolean
  /** Whether the server's own code makes this call. */
  readonly isTrusted: boolean
  /** The answers an earlier round's explicit `inputRequired()` brought. */
  readonly inputResponses: { readonly [key: string]: Answer } | undefined
  /** The state an earlier round's explicit `inputRequired()` left. */
  readonly inputState: unknown
  /** Sends a notification that belongs to this call. */
  notify(method: string, params: Params): void
  /** Tells the client how far the call is, if it asked to know. What does not increase is no news and is dropped. */
  progress(done: number, total: number | undefined, message: string | undefined): void
  /** Asks the client and waits for its answers, in order. */
  ask(questions: readonly Question[]): Promise<readonly Answer[]>
  /** Checks headers that repeat arguments, where the era and transport have them. Throws what is wrong. */
  checkHeaderParams(declared: readonly HeaderParam[], params: Params): void
  abort(reason: AbortReason): void
  /** Waits for what a handler started, or for the suspension or abort that ends it before. */
  settle(outcome: Promise<Outcome>): Promise<Outcome>
  /** Makes the outcome of a handler that returned `inputRequired()` itself. */
  requireInput(requests: InputRequests | undefined, state: unknown): Outcome
}

/** Names a value that middleware leaves and others take, with its type. */
export interface ValueKey<T> {
  readonly name: string
  /** Only for inference; never there. */
  readonly type?: T
}

/** What a {@link Call} is made of. */
export interface CallInit {
  readonly method: string
  readonly id: RequestId | undefined
  readonly params: Params
  readonly peer: Peer
  readonly exchange: Exchange
  readonly round: number
}

/** One request of any era, as everything above the protocol sees it. */
export class Call {
  readonly method: string
  readonly id: RequestId | undefined
  readonly params: Params
  readonly peer: Peer
  readonly exchange: Exchange
  /** How many rounds of input came before this one: 0 at first. */
  readonly round: number
  #values: Map<object, unknown> | undefined
  #nestedCounts: Map<string, number> | undefined

  constructor(init: CallInit) {
    this.method = init.method
    this.id = init.id
    this.params = init.params
    this.peer = init.peer
    this.exchange = init.exchange
    this.round = init.round
    this.#values = undefined
    this.#nestedCounts = undefined
  }

  /** The `_meta` of the request. */
  get meta(): Params | undefined {
    // The envelope was checked to hold an object, or nothing, before a Call is made.
    return this.params._meta as Params | undefined
  }

  /** What the call acts on, for messages: the name or URI, else the method. */
  get target(): string {
    const { name, uri } = this.params
    if (typeof name === "string") return name
    return typeof uri === "string" ? uri : this.method
  }

  /** The version of the component that the client wants, if it says one. */
  get wantedVersion(): string | undefined {
    const version = this.meta?.["fleetmcp/version"]
    return typeof version === "string" ? version : undefined
  }

  /** Whether the server's own code makes this call, which no auth check concerns. */
  get isTrusted(): boolean {
    return this.exchange.isTrusted
  }

  /** The HTTP headers of the request, or `undefined` on other transports. */
  get headers(): HeaderBag | undefined {
    return this.exchange.headers
  }

  /** Takes what was left under a key, or nothing. */
  get<T>(key: ValueKey<T>): T | undefined {
    // The key's type says what `set` stored under it.
    return this.#values?.get(key) as T | undefined
  }

  /** Leaves a value for what lies further in: other middleware, and the handler's `ctx.require(key)`. */
  set<T>(key: ValueKey<T>, value: T): void {
    this.#values ??= new Map()
    this.#values.set(key, value)
  }

  /** How often this call made each nested call, by content. */
  get nestedCounts(): Map<string, number> {
    this.#nestedCounts ??= new Map()
    return this.#nestedCounts
  }
}

/** A result and its text. */
export interface Serialized {
  readonly result: object
  readonly json: string
}

/** The result of a call that is done. */
export interface Complete {
  readonly kind: "complete"
  readonly result: object
  /** A text made beforehand; it counts only for the very result it was made of, which middleware may replace. */
  readonly serialized?: Serialized | undefined
}

/**
 * How a call that needs input goes on: from our sealed journal, from an upstream's own state, or from a live
 * upstream call that waits under a handle.
 */
export type Continuation =
  | { readonly kind: "replay"; readonly seal: () => Promise<string> }
  | { readonly kind: "relay"; readonly state: string }
  | { readonly kind: "parked"; readonly handle: string }

export interface InputRequired {
  readonly kind: "input-required"
  readonly requests: InputRequests | undefined
  readonly continuation: Continuation | undefined
}

/** A result of a type that an extension defines, such as `task`. */
export interface Extended {
  readonly kind: "extended"
  readonly resultType: string
  readonly result: object
}

export interface Failure {
  readonly kind: "failure"
  readonly error: RpcError
  /** What was thrown, for logs and telemetry. */
  readonly cause?: unknown
  /** Overrides the HTTP status while nothing was sent. */
  readonly http?: HttpAnswer | undefined
}

/** How a call ends. */
export type Outcome = Complete | InputRequired | Extended | Failure

/** Makes the outcome of a call that is done. */
export function complete(result: object, serialized?: Serialized): Complete {
  return { kind: "complete", result, serialized }
}

/** The end of a call that was aborted before it was done. */
export function aborted(reason: AbortReason): Failure {
  const cause = new CallAborted(reason)
  const failure = { kind: "failure", error: { code: -32603, message: cause.message }, cause } as const
  return reason === "shutdown" ? { ...failure, http: { status: 503 } } : failure
}
