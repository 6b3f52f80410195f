import { CannotAsk } from "../../errors/protocol.ts"
import type { HeaderParam } from "../../schema/header-params.ts"
import type { MaybePromise } from "../../shared/maybe-promise.ts"
import type { LoggingLevel } from "../../spec/index.ts"
import type { AbortReason, Answer, Exchange, InputDemand, Outcome, Peer, Question } from "../call.ts"
import type { StatelessCodec } from "../codec.ts"
import type { Params } from "../jsonrpc.ts"
import type { Step } from "../step.ts"
import type { Steps } from "../steps.ts"
import type { Channel, HeaderBag } from "../transport.ts"
import { WireExchange } from "../wire-exchange.ts"
import type { Conversation } from "./conversation.ts"
import { checkParamHeaders } from "./headers.ts"
import { type Binding, emptyJournal, type Journal } from "./journal.ts"
import type { StateKeeper } from "./sealer.ts"
import type { Settling } from "./settling.ts"

/** What an exchange needs of the engine. */
export interface ExchangeHost extends StateKeeper {
  /** The server's name, to which sealed states are bound. */
  readonly name: string
  readonly codec: StatelessCodec
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
export class StatelessExchange extends WireExchange implements Exchange {
  readonly host: ExchangeHost
  readonly peer: Peer
  readonly logLevel: LoggingLevel | undefined
  readonly #channel: Channel
  readonly #method: string
  readonly #params: Params
  readonly #journal: Journal
  readonly #mayAsk: boolean
  #conversation: Promise<Conversation> | undefined
  steps: Promise<Steps> | undefined = undefined
  suspension: Outcome | undefined = undefined
  settling: Settling | undefined = undefined

  constructor(host: ExchangeHost, channel: Channel, request: StatelessRequest) {
    super(host.codec, request.progressToken)
    this.host = host
    this.peer = request.peer
    this.logLevel = request.logLevel
    this.#channel = channel
    this.#method = request.method
    this.#params = request.params
    this.#journal = request.journal ?? emptyJournal
    this.#mayAsk = request.mayAsk
    this.#conversation = undefined
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

  get transport(): string | undefined {
    return this.#channel.transport
  }

  get isTrusted(): boolean {
    return false
  }

  get inputResponses(): { readonly [key: string]: Answer } | undefined {
    const { round, answers } = this.#journal
    return round === 0 ? undefined : Object.fromEntries(answers)
  }

  get inputState(): unknown {
    return this.#journal.state
  }

  ask(questions: readonly Question[]): Promise<readonly Answer[]> {
    if (!this.#mayAsk) return Promise.reject(new CannotAsk(this.#method))
    const answers = this.#talk().then((conversation) => conversation.ask(questions))
    // A handler may stop listening (a race, an early return); its silence must not end the process.
    answers.catch(() => undefined)
    return answers
  }

  async requireInput(demand: InputDemand): Promise<Outcome> {
    if (!this.#mayAsk) throw new CannotAsk(this.#method)
    return (await this.#talk()).require(demand)
  }

  async step(step: Step): Promise<unknown> {
    return (await this.stepping()).run(step)
  }

  async recall(...work: Parameters<Exchange["recall"]>): Promise<object> {
    return (await this.stepping()).recall(...work)
  }

  /** Suspended, it waits for its steps: they end with what ends it. */
  override abort(reason: AbortReason, answer?: MaybePromise<Outcome>): void {
    this.settling?.end(reason, answer)
    super.abort(reason)
  }

  closeStream(): void {
    // S28/basic/transports/streamable-http#cancellation: who has no connection has no call.
  }

  checkHeaderParams(declared: readonly HeaderParam[]): void {
    const { headers } = this.#channel
    if (headers !== undefined) checkParamHeaders(headers, declared, this.#params)
  }

  /** Takes note of questions that come to nothing, since the call was answered before they went out. */
  unasked(questions: readonly Question[]): void {
    if (!this.ended || this.aborted !== undefined) return
    for (const question of questions) this.host.onUnasked(question, this.#method)
  }

  /** Ends the call with the questions it waits for. */
  suspend(outcome: Outcome, settling: Settling | undefined): void {
    this.suspension = outcome
    this.abort("suspended")
    this.settling = settling
    this.finishWith(settling?.outcome ?? outcome)
  }

  protected send(json: string): void {
    this.#channel.send(json)
  }

  /** Loaded by the first call that has one: most never do. */
  stepping(): Promise<Steps> {
    const { id, steps, answers } = this.#journal
    // Before it was first suspended nobody else knows of this call.
    const sharing = id === undefined ? undefined : { storage: () => this.host.storage.part("steps"), answers }
    this.steps ??= import("../steps.ts").then(({ Steps }) => new Steps(this, { id, results: steps }, sharing))
    return this.steps
  }

  /** Loaded by the first call that asks: most never do. */
  #talk(): Promise<Conversation> {
    this.#conversation ??= import("./conversation.ts").then(
      ({ Conversation }) => new Conversation(this, this.#journal),
    )
    return this.#conversation
  }
}
