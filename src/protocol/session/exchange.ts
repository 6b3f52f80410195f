import { MissingClientCapability } from "../../errors/capabilities.ts"
import { CallAborted, CannotAsk } from "../../errors/protocol.ts"
import { InvalidAnswer, RepeatedKey, TooManyRounds } from "../../errors/rounds.ts"
import { AskRefused, AskTimedOut, NeedsSession } from "../../errors/session.ts"
import type { UrlElicitationRequired as PagesRequired } from "../../errors/url-elicitation.ts"
import { longestTimer } from "../../shared/longest-timer.ts"
import type { LoggingLevel } from "../../spec/index.ts"
import { answerProblem } from "../answers.ts"
import { AskWatch } from "../ask-watch.ts"
import {
  type AbortReason,
  type Answer,
  type AroundAsk,
  type Exchange,
  type ExchangeSession,
  type InputDemand,
  maxRounds,
  type Outcome,
  type Peer,
  type Question,
} from "../call.ts"
import { isObject, type Params } from "../jsonrpc.ts"
import type { EarlierSteps, Step } from "../step.ts"
import type { Steps } from "../steps.ts"
import type { HeaderBag } from "../transport.ts"
import type { VisibilityRule } from "../visibility-rule.ts"
import { WireExchange } from "../wire-exchange.ts"
import type { SessionCodec } from "./codec.ts"
import type { LiveSession } from "./live-session.ts"
import { renderQuestion } from "./render-question.ts"
import type { OpenSession } from "./site.ts"
import type { SessionStream } from "./stream.ts"

/** What earlier rounds of an explicit `inputRequired()` brought. */
export interface Rounds {
  readonly round: number
  readonly answers: { readonly [key: string]: Answer } | undefined
  readonly state: unknown
  /** What earlier runs did, if they did anything that is not to be done again. */
  readonly steps: Promise<Steps> | undefined
  /** How far earlier runs said to be; all of them tell it under the token of one request. */
  readonly progress: number | undefined
}

/** One request of a session, read and checked. */
export interface SessionRequest {
  readonly method: string
  readonly peer: Peer
  readonly codec: SessionCodec
  readonly headers: HeaderBag | undefined
  readonly transport: string | undefined
  readonly progressToken: unknown
  readonly logLevel: LoggingLevel | undefined
  readonly mayAsk: boolean
  readonly rounds: Rounds
  /** What goes to the client before the answer. */
  readonly stream: SessionStream
  /** The session, and where it lives; nothing where the client has none. */
  readonly session: OpenSession | undefined
  /** Milliseconds for which answers are waited for. */
  readonly askTimeout: number
}

/** What a request of a session answers through: its own stream, and requests to its client. */
export class SessionExchange extends WireExchange implements Exchange {
  readonly isTrusted: boolean = false
  readonly suspension: undefined
  readonly request: SessionRequest
  aroundAsk: AroundAsk | undefined = undefined
  readonly #keys: Set<string> = new Set()
  readonly #asked: Map<string, (reason: CallAborted) => void> = new Map()
  #steps: Promise<Steps> | undefined
  #isUnanswered = false
  #hasAsked = false
  readonly #watch: AskWatch = new AskWatch()
  #visibility: readonly VisibilityRule[] | undefined

  constructor(request: SessionRequest) {
    super(request.codec, request.progressToken, request.rounds.progress)
    this.request = request
    this.#visibility = request.session?.data.visibility
  }

  get headers(): HeaderBag | undefined {
    return this.request.headers
  }

  get transport(): string | undefined {
    return this.request.transport
  }

  get logLevel(): LoggingLevel | undefined {
    return this.request.logLevel
  }

  get session(): ExchangeSession | undefined {
    const { session } = this.request
    if (session === undefined) return undefined
    const { site, data } = session
    return {
      id: data.id,
      onEnd: (run) => site.onEnd(data.id, run),
      ping: (timeoutMs) => site.ping(data.id, timeoutMs),
      end: () => site.end(data.id),
      changeVisibility: async (change) => {
        const changed = await site.update(data.id, (before) => ({
          ...before,
          visibility: change(before.visibility ?? []),
        }))
        // For what this call still does; its request was read before.
        this.#visibility = changed?.visibility
      },
    }
  }

  get hasAsked(): boolean {
    return this.#hasAsked
  }

  onAsking(hear: (isAsking: boolean) => void): () => void {
    return this.#watch.on(hear)
  }

  get visibility(): readonly VisibilityRule[] | undefined {
    return this.#visibility
  }

  get inputResponses(): { readonly [key: string]: Answer } | undefined {
    return this.request.rounds.answers
  }

  get inputState(): unknown {
    return this.request.rounds.state
  }

  ask(questions: readonly Question[]): Promise<readonly Answer[]> {
    this.#hasAsked = true
    const asked = Promise.all(questions.map((question) => this.#askOnce(question)))
    const answers = this.#watch.during(asked)
    // A handler may stop listening (a race, an early return); its silence must not end the process.
    answers.catch(() => undefined)
    return answers
  }

  /** The call is not answered with it: whoever serves it asks, and runs the call again. */
  async requireInput(demand: InputDemand): Promise<Outcome> {
    const { requests, state } = demand
    const { mayAsk, method, rounds } = this.request
    if (!mayAsk) throw new CannotAsk(method)
    if (isPagesRequired(demand)) return this.#pagesRequired(demand)
    if (rounds.round >= maxRounds) throw new TooManyRounds(maxRounds)
    return { kind: "input-required", requests, continuation: { kind: "held", state } }
  }

  checkHeaderParams(): void {
    // No revision with sessions has such headers.
  }

  /** S11/client/elicitation#error-handling: an error, where clients know it. Without a session nobody said whether they do. */
  async #pagesRequired(cause: PagesRequired): Promise<Outcome> {
    const { codec, peer, session } = this.request
    const isKnown = session === undefined || peer.capabilities.elicitation?.url !== undefined
    if (!codec.features.elicitationId || !isKnown)
      throw new MissingClientCapability({ elicitation: { url: {} } })
    const { message, elicitations } = cause
    const ids = elicitations.flatMap(({ elicitationId = [] }) => elicitationId)
    await session?.site.noteElicitations(session.data.id, ids)
    return { kind: "failure", error: { code: -32042, message, data: { elicitations } }, cause }
  }

  override abort(reason: AbortReason): void {
    if (this.inert) return
    this.#withdraw(reason)
    super.abort(reason)
    this.#fail(reason)
  }

  /** A handler may be done before its questions are answered: a race, or one of several that failed. */
  override end(): void {
    this.#withdraw("cancel")
    super.end()
    this.#fail("cancel")
  }

  /** While it can still be said: the client need not go on showing a form. */
  #withdraw(reason: AbortReason): void {
    for (const id of this.#asked.keys()) this.notify("notifications/cancelled", { requestId: id, reason })
  }

  /** Fails what was asked and what will be: the client says no more. */
  giveUpAsking(): void {
    this.#isUnanswered = true
    this.#fail("disconnect")
  }

  #fail(reason: AbortReason): void {
    for (const fail of this.#asked.values()) fail(new CallAborted(reason))
  }

  async step(step: Step): Promise<unknown> {
    return (await this.#stepping()).run(step)
  }

  async recall(key: string, by: object | undefined, work: () => Promise<object>): Promise<object> {
    return (await this.#stepping()).recall(key, by, work)
  }

  /** The steps of this run, for the next one to go on with. */
  get steps(): Promise<Steps> | undefined {
    return this.#steps
  }

  async #stepping(): Promise<Steps> {
    const { steps } = this.request.rounds
    this.#steps ??=
      steps?.then((earlier) => earlier.continue(this)) ??
      import("../steps.ts").then(({ Steps }) => new Steps(this, { id: undefined, results: noResults }))
    return this.#steps
  }

  /** Lets the connection go while the call runs on; the client comes back for the rest. */
  closeStream(retryMs: number): void {
    if (!this.inert) this.request.stream.release(retryMs)
  }

  protected send(json: string): void {
    this.request.stream.send(json)
  }

  /** Two questions under one name would be one in the stateless era: the same handler is to serve both. */
  #askOnce(question: Question): Promise<Answer> {
    const { key, scope } = question
    if (key === undefined) return this.#ask(question)
    const name = scope === undefined ? key : `${scope}/${key}`
    if (this.#keys.has(name)) return Promise.reject(new RepeatedKey(key))
    this.#keys.add(name)
    return this.#ask(question)
  }

  #ask(question: Question): Promise<Answer> {
    const { aroundAsk } = this
    return aroundAsk === undefined ? this.#put(question) : aroundAsk(question, (given) => this.#put(given))
  }

  async #put(question: Question): Promise<Answer> {
    const { mayAsk, session, codec, peer } = this.request
    const { method } = question
    if (!mayAsk) throw new CannotAsk(this.request.method)
    if (session === undefined) throw new NeedsSession(method)
    const { site, data } = session
    const { revision, features } = codec
    const { capabilities } = peer
    const params = renderQuestion(question, { revision, features, capabilities })
    const { elicitationId } = params
    if (typeof elicitationId === "string") await site.noteElicitations(data.id, [elicitationId])
    if (this.inert) throw new CallAborted(this.aborted ?? "cancel")
    if (this.#isUnanswered) throw new CallAborted("disconnect")
    this.#hasAsked = true
    const answer = await this.#request(site.live.get(data.id), site.newId(), { method, params })
    const problem = answerProblem(method, answer)
    if (problem !== undefined) throw new InvalidAnswer(`to \`${method}\` ${problem}.`)
    return answer
  }

  /** Sends a request of ours and waits for the response. */
  #request(live: LiveSession, id: string, { method, params }: Sent): Promise<Answer> {
    const { askTimeout } = this.request
    return new Promise<Answer>((resolve, reject) => {
      const forget = live.await(id, ({ result, error }) => {
        over()
        if (isObject(error)) reject(new AskRefused(method, error))
        else if (isObject(result)) resolve(result)
        else reject(new InvalidAnswer(`to \`${method}\` is not an object.`))
      })
      const timer = setTimeout(
        () => {
          this.notify("notifications/cancelled", { requestId: id, reason: "timeout" })
          over()
          reject(new AskTimedOut(method, askTimeout))
        },
        Math.min(askTimeout, longestTimer),
      )
      const over = () => {
        clearTimeout(timer)
        this.#asked.delete(id)
        forget()
      }
      this.#asked.set(id, (reason) => {
        over()
        reject(reason)
      })
      this.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }))
    })
  }
}

/** Only this error asks for anything. Not told by its class, which servers that never throw it need not load. */
function isPagesRequired(demand: InputDemand): demand is PagesRequired {
  return demand instanceof Error
}

interface Sent {
  readonly method: string
  readonly params: Params
}

const noResults: EarlierSteps["results"] = new Map()
