import type { HttpAnswer } from "../errors/fleet-error.ts"
import { CallAborted } from "../errors/protocol.ts"
import type { HeaderParam } from "../schema/header-params.ts"
import type { ClientCapabilities, Implementation, InputRequests, LoggingLevel } from "../spec/index.ts"
import type { ProtocolRevision } from "../spec/revisions.ts"
import type { Params, RequestId, RpcError } from "./jsonrpc.ts"
import type { Principal } from "./principal.ts"
import type { Step } from "./step.ts"
import type { HeaderBag } from "./transport.ts"
import type { VisibilityRule } from "./visibility-rule.ts"

/** The other side of a call, as far as this call knows it. */
export interface Peer {
  /** The revision of the protocol it speaks. */
  readonly revision: ProtocolRevision
  /** Who is calling; `undefined` for a caller nobody knows. */
  readonly principal: Principal | undefined
  /** What the client says it is: for display and logs, never for decisions. */
  readonly info: Implementation | undefined
  /** What the client says it can do. */
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
  /** Whether its answer counts once: who sends it again is refused. */
  readonly once?: boolean | undefined
  /** The nested call that asks, so that its questions are not taken for another's. */
  readonly scope?: string | undefined
}

/** What the client answers to a {@link Question}: the result of the method asked. */
export type Answer = { readonly [name: string]: unknown }

/** Stands around a question that goes to the client as a request: it may add to it, and sees what comes of it. */
export type AroundAsk = (question: Question, ask: (question: Question) => Promise<Answer>) => Promise<Answer>

/** What a handler that returns its questions wants to know, and to find in its next run. */
export interface InputDemand {
  readonly requests: InputRequests | undefined
  readonly state: unknown
  /** Whether the answers count once. */
  readonly once?: boolean | undefined
}

/** The way back to the peer while a call runs. An era implements it. */
export interface Exchange {
  /** Aborted when the call is cancelled, times out or is suspended; not after success. */
  readonly signal: AbortSignal
  readonly headers: HeaderBag | undefined
  /** What carries the messages, as the transport calls itself; nothing for a call of the own process. */
  readonly transport?: string | undefined
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
  /** The session it belongs to; none where clients have none. */
  readonly session?: ExchangeSession | undefined
  /** Whether its client was asked something for whose answer the call waits, and is not run again with it. */
  readonly hasAsked?: boolean
  /** Hears when it begins and ends to wait for its client, where it runs on then; what is returned ends that. */
  onAsking?(hear: (isAsking: boolean) => void): () => void
  /** What is hidden from its session. */
  readonly visibility?: readonly VisibilityRule[] | undefined
  /** What a suspended call is answered with. */
  readonly suspension: Outcome | undefined
  /** What stands around its questions; not there where they are part of the outcome, as middleware sees it. */
  aroundAsk?: AroundAsk | undefined
  /** Where it is suspended and waits for its steps: what it is answered with then. */
  readonly settling?: { readonly outcome: Promise<Outcome> } | undefined
  /** Sends a notification that belongs to this call. */
  notify(method: string, params: Params): void
  /** Tells the client how far the call is, if it asked to know. What does not increase is no news and is dropped. */
  progress(done: number, total: number | undefined, message: string | undefined): void
  /** Lets the connection go while the call runs on, where the client can come back for the rest. Else nothing. */
  closeStream(retryMs: number): void
  /** Asks the client and waits for its answers, in order. */
  ask(questions: readonly Question[]): Promise<readonly Answer[]>
  /** Does what must not be done twice, however often the handler runs and wherever; gives what it gave. */
  step(step: Step): Promise<unknown>
  /**
   * Does what need not be done again when the handler runs again with answers.
   *
   * @param by The run of the handler that wants it, where another one that is tried after it must do it again.
   */
  recall(key: string, by: object | undefined, work: () => Promise<object>): Promise<object>
  /** Checks headers that repeat arguments as they were sent, where the era and transport have them. Throws what is wrong. */
  checkHeaderParams(declared: readonly HeaderParam[]): void
  /** @param answer What it is answered with where it is `settling`: its handler gives no answer any more. */
  abort(reason: AbortReason, answer?: Outcome | Promise<Outcome>): void
  /** Waits for what a handler started, or for the suspension or abort that ends it before. */
  settle(outcome: Promise<Outcome>): Promise<Outcome>
  /**
   * Makes the outcome of a handler that returned `inputRequired()` itself, or threw an error that asks for the same.
   */
  requireInput(demand: InputDemand): Promise<Outcome>
}

/** A server that has nothing under a key, as far as that says why. */
export interface KeyHolder {
  /** Those that have something to start which has not been started. */
  readonly waiting: readonly { readonly lifespan?: unknown }[]
  /** Whether the server is closed. */
  readonly isEnded: boolean
}

/** Names a value that middleware leaves and others take, with its type. */
export interface ValueKey<T> {
  readonly name: string
  /** Makes the error that says what should have been under it. */
  readonly missing: (server: KeyHolder) => Error
  /** Only for inference; never there. */
  readonly type?: T
}

/** What is made for one call. */
export interface CallScope {
  /** Takes what is under a key, and makes it if it must be made. */
  use<T>(key: ValueKey<T>): Promise<T>
  /** Waits for what the handler gives, and gives back what was made; what fails then fails the call. */
  end<T>(value: Promise<T>): Promise<T>
}

/** A session, as far as what is kept for it must know. */
export interface ExchangeSession {
  readonly id: string
  /** Calls `run` when the session is over, until what is returned is called. */
  onEnd(run: () => void): () => void
  /**
   * Asks the client whether it is there: `true` when it answers, `false` when it does not in so many milliseconds,
   * `undefined` where there is no stream here to ask it by.
   */
  ping(timeoutMs: number): Promise<boolean | undefined>
  /** Ends the session, wherever something of it runs. */
  end(): Promise<void>
  /** Keeps what `change` makes of what is hidden from it: from now on, wherever it is served, and for the call itself. */
  changeVisibility(change: (rules: readonly VisibilityRule[]) => readonly VisibilityRule[]): Promise<void>
}

/** What a {@link Call} is made of. */
export interface CallInit<P extends Params = Params> {
  readonly method: string
  readonly id: RequestId | undefined
  readonly params: P
  readonly peer: Peer
  readonly exchange: Exchange
  readonly round: number
  /** The call whose handler makes this one. */
  readonly parent?: Call | undefined
  /** Whether another server was called, which mounts the one that runs it. Default `false`. */
  readonly isInside?: boolean
}

/**
 * One request of any era, as everything above the protocol sees it.
 *
 * @example
 * defineMiddleware({ request: (call, next) => (console.error(call.method, call.target), next()) })
 */
export class Call<P extends Params = Params> {
  /** The JSON-RPC method, such as `tools/call`. */
  readonly method: string
  /** The JSON-RPC id; `undefined` for a call of the own process. */
  readonly id: RequestId | undefined
  /** The parameters, `_meta` included. */
  readonly params: P
  /** Who is at the other side. */
  readonly peer: Peer
  /** The way back to the peer. */
  readonly exchange: Exchange
  /** How many rounds of input came before this one: 0 at first. */
  readonly round: number
  /** The call whose handler makes this one, if one does. */
  readonly parent: Call | undefined
  /**
   * Whether another server was called, which mounts the one that runs it: what headers repeat, and what is hidden from a
   * session, is looked at there, in the names that things have there.
   *
   * @internal
   */
  readonly isInside: boolean
  /**
   * What is made for it, once its handler uses something of that kind.
   *
   * @internal
   */
  using: Promise<CallScope> | undefined
  /**
   * Whether its handler is done, though middleware may not be: nothing more is made for it. Nothing before it begins.
   *
   * @internal
   */
  isHandled: boolean | undefined
  #values: Map<object, unknown> | undefined
  /** The call that it was made of, in which all is left; itself where it was made of none. */
  #first: Call
  #nestedCounts: Map<string, number> | undefined

  /** Is called by the eras. */
  constructor(init: CallInit<P>) {
    this.method = init.method
    this.id = init.id
    this.params = init.params
    this.peer = init.peer
    this.exchange = init.exchange
    this.round = init.round
    this.parent = init.parent
    this.isInside = init.isInside === true
    this.using = undefined
    this.isHandled = undefined
    this.#values = undefined
    this.#first = this as Call
    this.#nestedCounts = undefined
  }

  /** The `_meta` of the request. */
  get meta(): Params | undefined {
    // The envelope was checked to hold an object, or nothing, before a Call is made.
    return this.params._meta as Params | undefined
  }

  /** What the call acts on, for messages: the name or URI, else the method. */
  get target(): string {
    return targetOf(this.method, this.params)
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

  /**
   * Takes what was left under a key, or nothing.
   *
   * @example
   * const started = contextKey<number>("started")
   * const report = (call: Call) => console.error(call.get(started))
   */
  get<T>(key: ValueKey<T>): T | undefined {
    // The key's type says what `set` stored under it.
    return this.#first.#values?.get(key) as T | undefined
  }

  /**
   * Leaves a value for what lies further in: other middleware, and the handler's `ctx.require(key)`.
   *
   * @example
   * const started = contextKey<number>("started")
   * mcp.use({ request: (call, next) => (call.set(started, Date.now()), next()) })
   */
  set<T>(key: ValueKey<T>, value: T): void {
    const first = this.#first
    first.#values ??= new Map()
    first.#values.set(key, value)
  }

  /**
   * Makes the same call with other parameters, for middleware to go on with: `next(call.withParams({ … }))`. It has the
   * `_meta` of this one where it says none, and the values that were left in it.
   *
   * @example
   * defineMiddleware({
   *   callTool: (call, next) =>
   *     next(call.withParams({ ...call.params, arguments: { ...call.params.arguments, tenant: "acme" } })),
   * })
   */
  withParams(params: P): Call<P> {
    return this.#as(this.method, { _meta: this.params._meta, ...params }, this.isInside)
  }

  /**
   * Makes the same call as a server sees it that is mounted in the one that was called.
   *
   * @internal
   * @example
   * const inner = (call: Call) => call.inside("tools/call", { name: "add", arguments: { a: 1, b: 2 } })
   */
  inside(method: string, params: Params): Call {
    return (this as Call).#as(method, params, true)
  }

  /** Written out: a spread costs more than all the rest of a mounted call. */
  #as(method: string, params: P, isInside: boolean): Call<P> {
    const { id, peer, exchange, round, parent } = this
    const changed = new Call<P>({ method, id, params, peer, exchange, round, parent, isInside })
    // What is left in either is found in both.
    changed.#first = this.#first
    return changed
  }

  /** How often this call made each nested call, by content. */
  get nestedCounts(): Map<string, number> {
    this.#nestedCounts ??= new Map()
    return this.#nestedCounts
  }
}

/** What a call of `method` acts on, for messages: the name or URI, else the method. */
export function targetOf(method: string, { name, uri }: Params): string {
  if (typeof name === "string") return name
  return typeof uri === "string" ? uri : method
}

/** A result and its text. */
export interface Serialized {
  readonly result: object
  readonly json: string
}

/** The result of a call that is done. */
export interface Complete<R extends object = object> {
  readonly kind: "complete"
  /** The result of the method, without `resultType`. */
  readonly result: R
  /** A text made beforehand; it counts only for the very result it was made of, which middleware may replace. */
  readonly serialized?: Serialized | undefined
}

/**
 * How a call that needs input goes on: from our sealed journal, from an upstream's own state, from a live upstream call
 * that waits under a handle, or, in a session, from what we hold ourselves while the client is asked.
 */
export type Continuation =
  | { readonly kind: "replay"; readonly seal: () => Promise<string> }
  | { readonly kind: "relay"; readonly state: string }
  | { readonly kind: "parked"; readonly handle: string }
  | { readonly kind: "held"; readonly state: unknown }

/** The outcome of a call that cannot go on before the client has answered. */
export interface InputRequired {
  readonly kind: "input-required"
  /** What is asked, by key. */
  readonly requests: InputRequests | undefined
  /** How the call goes on; `undefined` where the client simply calls again. */
  readonly continuation: Continuation | undefined
}

/** A result of a type that an extension defines, such as `task`. */
export interface Extended {
  readonly kind: "extended"
  /** A type that a plugin lists in its `resultTypes`. */
  readonly resultType: string
  /** The result, without `resultType`. */
  readonly result: object
}

/** The outcome of a call that failed with an error of the protocol. */
export interface Failure {
  readonly kind: "failure"
  /** What the peer is told. */
  readonly error: RpcError
  /** What was thrown, for logs and telemetry. */
  readonly cause?: unknown
  /** Overrides the HTTP status while nothing was sent. */
  readonly http?: HttpAnswer | undefined
}

/** How a call ends; `R` is the result of its method. */
export type Outcome<R extends object = object> = Complete<R> | InputRequired | Extended | Failure

/**
 * Makes the outcome of a call that is done.
 *
 * @param result The result of the method, without `resultType`.
 * @param serialized The same result and its text, where it is known already.
 * @see S28/basic/index#resulttype
 * @example
 * definePlugin({
 *   id: "com.example/clock",
 *   methods: [{ name: "com.example/now", run: () => complete({ now: Date.now() }) }],
 * })
 */
export function complete<R extends object>(result: R, serialized?: Serialized): Complete<R> {
  return { kind: "complete", result, serialized }
}

/** The most rounds of questions one call may take. */
export const maxRounds = 10

/** The end of a call that was aborted before it was done. */
export function aborted(reason: AbortReason): Failure {
  const cause = new CallAborted(reason)
  const failure = { kind: "failure", error: { code: -32603, message: cause.message }, cause } as const
  return reason === "shutdown" ? { ...failure, http: { status: 503 } } : failure
}
