import { CallAborted, CannotAsk } from "../../errors/protocol.ts"
import type { HeaderParam } from "../../schema/header-params.ts"
import type { InputRequests, LoggingLevel } from "../../spec/index.ts"
import {
  type AbortReason,
  type Answer,
  aborted,
  type Exchange,
  type Outcome,
  type Peer,
  type Question,
} from "../call.ts"
import type { Codec } from "../codec.ts"
import type { Params } from "../jsonrpc.ts"
import type { Channel, HeaderBag } from "../transport.ts"
import type { Conversation } from "./conversation.ts"
import { checkParamHeaders } from "./headers.ts"
import { type Binding, emptyJournal, type Journal } from "./journal.ts"
import type { Sealer } from "./sealer.ts"

/** What an exchange needs of the engine. */
export interface ExchangeHost {
  /** The server's name, to which sealed states are bound. */
  readonly name: string
  readonly codec: Codec
  readonly sealer: Sealer
  /** Hears of a question that a handler asked and did not wait for. */
  readonly onUnasked: (question: Question, method: string) => void
}

/** One request, read and checked. */
export interface StatelessRequest {
  readonly method: string
  readonly params: Params
  readonly peer: Peer
  readonly logLevel: LoggingLevel | undefined
  readonly progressToken: unknown
  /** S28/basic/patterns/mrtr#supported-requests: not every method may answer `input_required`. */
  readonly mayAsk: boolean
  readonly journal: Journal | undefined
}

/** What a request without sessions answers through: its own channel and nothing else. */
export class StatelessExchange implements Exchange {
  readonly host: ExchangeHost
  readonly peer: Peer
  readonly logLevel: LoggingLevel | undefined
  readonly #channel: Channel
  readonly #method: string
  readonly #params: Params
  readonly #journal: Journal
  readonly #mayAsk: boolean
  readonly #progressToken: unknown
  #progressHead: string | undefined
  #lastProgress: number
  #conversation: Promise<Conversation> | undefined
  #controller: AbortController | undefined
  #aborted: AbortReason | undefined
  #ended: boolean
  #finish: ((outcome: Outcome) => void) | undefined
  #suspension: Outcome | undefined

  constructor(host: ExchangeHost, channel: Channel, request: StatelessRequest) {
    this.host = host
    this.peer = request.peer
    this.logLevel = request.logLevel
    this.#channel = channel
    this.#method = request.method
    this.#params = request.params
    this.#journal = request.journal ?? emptyJournal
    this.#mayAsk = request.mayAsk
    this.#progressToken = request.progressToken
    this.#progressHead = undefined
    this.#lastProgress = Number.NEGATIVE_INFINITY
    this.#conversation = undefined
    this.#controller = undefined
    this.#aborted = undefined
    this.#ended = false
    this.#finish = undefined
    this.#suspension = undefined
  }

  get sealer(): Sealer {
    return this.host.sealer
  }

  /** To what this call's sealed state is bound. */
  get binding(): Binding {
    return {
      server: this.host.name,
      principal: this.peer.principal,
      method: this.#method,
      params: this.#params,
    }
  }

  get headers(): HeaderBag | undefined {
    return this.#channel.headers
  }

  get isTrusted(): boolean {
    return false
  }

  get inert(): boolean {
    return this.#ended || this.#aborted !== undefined
  }

  get aborted(): AbortReason | undefined {
    return this.#aborted
  }

  // Made when asked for: an AbortController costs more than the rest of a small call.
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#aborted !== undefined) this.#controller.abort(new CallAborted(this.#aborted))
    }
    return this.#controller.signal
  }

  get inputResponses(): { readonly [key: string]: Answer } | undefined {
    const { round, answers } = this.#journal
    return round === 0 ? undefined : Object.fromEntries(answers)
  }

  get inputState(): unknown {
    return this.#journal.state
  }

  notify(method: string, params: Params): void {
    if (this.inert) return
    this.#channel.send(this.host.codec.notification(method, params))
  }

  /** @see S28/basic/patterns/progress */
  progress(done: number, total: number | undefined, message: string | undefined): void {
    if (this.#progressToken === undefined || this.inert) return
    if (!(done > this.#lastProgress) || done === Number.POSITIVE_INFINITY) return
    this.#lastProgress = done
    // The same for all of a call; a hundred notifications write it once.
    this.#progressHead ??= this.host.codec.progressHead(this.#progressToken)
    const size = total === undefined || !Number.isFinite(total) ? "" : `,"total":${total}`
    const words = message === undefined ? "" : `,"message":${JSON.stringify(message)}`
    this.#channel.send(`${this.#progressHead}${done}${size}${words}}}`)
  }

  ask(questions: readonly Question[]): Promise<readonly Answer[]> {
    if (!this.#mayAsk) return Promise.reject(new CannotAsk(this.#method))
    const answers = this.#talk().then((conversation) => conversation.ask(questions))
    // A handler may stop listening (a race, an early return); its silence must not end the process.
    answers.catch(() => undefined)
    return answers
  }

  async requireInput(requests: InputRequests | undefined, state: unknown): Promise<Outcome> {
    if (!this.#mayAsk) throw new CannotAsk(this.#method)
    return (await this.#talk()).require(requests, state)
  }

  checkHeaderParams(declared: readonly HeaderParam[], params: Params): void {
    const { headers } = this.#channel
    if (headers !== undefined) checkParamHeaders(headers, declared, params)
  }

  abort(reason: AbortReason): void {
    if (this.inert) return
    this.#aborted = reason
    this.#controller?.abort(new CallAborted(reason))
    if (!hasOwnAnswer(reason)) this.#finish?.(aborted(reason))
  }

  get suspension(): Outcome | undefined {
    return this.#suspension
  }

  settle(outcome: Promise<Outcome>): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#finish = resolve
      outcome.then(resolve, reject)
      if (this.#aborted !== undefined && !hasOwnAnswer(this.#aborted)) resolve(aborted(this.#aborted))
    })
  }

  /** Takes note of questions that come to nothing, since the call was answered before they went out. */
  unasked(questions: readonly Question[]): void {
    if (!this.#ended || this.#aborted !== undefined) return
    for (const question of questions) this.host.onUnasked(question, this.#method)
  }

  /** Ends the call with the questions it waits for. */
  suspend(outcome: Outcome): void {
    this.#suspension = outcome
    this.abort("suspended")
    this.#finish?.(outcome)
  }

  /** Marks the call as answered: what its handler still does no longer reaches the peer. */
  end(): void {
    this.#ended = true
  }

  /** Loaded by the first call that asks: most never do. */
  #talk(): Promise<Conversation> {
    this.#conversation ??= import("./conversation.ts").then(
      ({ Conversation }) => new Conversation(this, this.#journal),
    )
    return this.#conversation
  }
}

/** A suspended call is answered with its questions, and one that took too long by whoever timed it. */
function hasOwnAnswer(reason: AbortReason): boolean {
  return reason === "suspended" || reason === "timeout"
}
