import { MissingClientCapability } from "../../errors/capabilities.ts"
import { Suspended } from "../../errors/protocol.ts"
import { RepeatedKey, ReplayDiverged, TooManyRounds } from "../../errors/rounds.ts"
import { canonicalJson } from "../../shared/canonical-json.ts"
import { textHash } from "../../shared/text-hash.ts"
import type { InputRequests } from "../../spec/index.ts"
import { type Answer, type InputDemand, maxRounds, type Outcome, type Peer, type Question } from "../call.ts"
import { missingCapability } from "../capability.ts"
import { toFailure } from "../dispatcher.ts"
import type { Steps } from "../steps.ts"
import type { Binding, Journal } from "./journal.ts"
import type { StateKeeper } from "./sealer.ts"
import { type Settling, settleFirst } from "./settling.ts"

/** The call that a conversation belongs to, as far as it needs to know it. */
export interface Suspendable {
  readonly peer: Peer
  readonly inert: boolean
  readonly host: StateKeeper
  readonly binding: Binding
  /** The steps of this run and those before it; made, if it has none. */
  stepping(): Promise<Steps>
  unasked(questions: readonly Question[]): void
  /** The steps of this run, if it has any. */
  readonly steps: Promise<Steps> | undefined
  /** Ends this run of the call with the questions it waits for, once its steps are done. */
  suspend(outcome: Outcome, settling: Settling | undefined): void
}

interface Waiting {
  readonly key: string
  readonly question: Question
  readonly reject: (error: Suspended) => void
}

/** What ends a run, and what the next one is to find. */
interface Demand extends Pick<Journal, "pending" | "state" | "isOnce"> {
  readonly requests: InputRequests | undefined
}

/**
 * Holds what one call asks its client. Answers of earlier rounds come from the journal; a question without one
 * suspends the call at the end of the turn, together with all others asked until then.
 */
export class Conversation {
  readonly #exchange: Suspendable
  readonly #journal: Journal
  readonly #asked: Set<string> = new Set()
  readonly #occurrences: Map<string, number> = new Map()
  #waiting: Waiting[] = []

  constructor(exchange: Suspendable, journal: Journal) {
    this.#exchange = exchange
    this.#journal = journal
  }

  ask(questions: readonly Question[]): Promise<readonly Answer[]> {
    return Promise.all(questions.map((question) => this.#askOne(question)))
  }

  /** Makes the outcome of an explicit `inputRequired()`, once the steps that its handler left behind are done. */
  async require({ requests, state, once: isOnce = false }: InputDemand): Promise<Outcome> {
    await (await this.#exchange.steps)?.settled()
    const entries = Object.entries(requests ?? {})
    for (const [, request] of entries) this.#assertCapable(request.method, request.params)
    const pending = entries.map(([key, { method, params }]) => ({
      key,
      method,
      text: questionText(params),
      isExplicit: true,
    }))
    return this.#outcome({ requests, pending, state, isOnce })
  }

  #askOne(question: Question): Promise<Answer> {
    // Asked or not, the key counts: the n-th identical question must be the same one in every round.
    const own = question.key ?? this.#contentKey(question)
    const key = question.scope === undefined ? own : `${question.scope}/${own}`
    const isRepeated = this.#asked.has(key)
    this.#asked.add(key)
    if (this.#exchange.inert) {
      this.#exchange.unasked([question])
      return Promise.reject(new Suspended())
    }
    // The first answer again would be the wrong one, and a handler that asks until it likes the answer never end.
    if (isRepeated) return Promise.reject(new RepeatedKey(own))
    // What came without a state could come any number of times.
    const isUsable = question.once !== true || this.#journal.id !== undefined
    const answer = isUsable ? this.#journal.answers.get(key) : undefined
    if (answer !== undefined) return this.#accepted(key, question, answer)
    return new Promise((_, reject) => {
      this.#assertCapable(question.method, question.params)
      if (this.#waiting.length === 0) atEndOfTurn(() => this.#suspend())
      this.#waiting.push({ key, question, reject })
    })
  }

  /** An answer that came without a state was not looked at before: nothing told what was asked. */
  async #accepted(key: string, { method }: Question, answer: Answer): Promise<Answer> {
    this.#journal.assertAnswer(key, method, answer)
    return answer
  }

  #suspend(): void {
    const waiting = this.#waiting
    this.#waiting = []
    if (!this.#exchange.inert) this.#end(this.#questions(waiting))
    else this.#exchange.unasked(waiting.map(({ question }) => question))
    for (const { reject } of waiting) reject(new Suspended())
  }

  #end(outcome: Outcome): void {
    const { steps } = this.#exchange
    this.#exchange.suspend(outcome, steps && settleFirst(steps, outcome))
  }

  #questions(waiting: readonly Waiting[]): Outcome {
    const diverged = this.#divergence(waiting)
    // Both errors explain themselves to the peer, so `toFailure` has an answer.
    if (diverged !== undefined) return toFailure(diverged) as Outcome
    const requests = Object.fromEntries(
      waiting.map(({ key, question: { method, params } }) => [
        key,
        params === undefined ? { method } : { method, params },
      ]),
    )
    const pending = waiting.map(({ key, question: { method, params } }) => ({
      key,
      method,
      text: questionText(params),
    }))
    // Built of questions, each of which is one of the three requests.
    return this.#outcome({
      requests: requests as InputRequests,
      pending,
      state: this.#journal.state,
      isOnce: waiting.some(({ question }) => question.once === true),
    })
  }

  #outcome({ requests, pending, state, isOnce }: Demand): Outcome {
    if (this.#journal.round >= maxRounds) return toFailure(new TooManyRounds(maxRounds)) as Outcome
    // Once one of its answers may count once, no later round may be sent again either: it would count it again.
    const mayGoOnOnce = isOnce || this.#journal.isOnce
    const next = { ...this.#journal, round: this.#journal.round + 1, pending, state, isOnce: mayGoOnOnce }
    const { host, binding } = this.#exchange
    const seal = async () => {
      const steps = await this.#exchange.stepping()
      await steps.settled()
      const { id, results } = steps
      // Loaded by the first call that asks: most never do.
      const { sealJournal } = await import("./sealed-journal.ts")
      return sealJournal(host, binding, { ...next, id, steps: results })
    }
    return { kind: "input-required", requests, continuation: { kind: "replay", seal } }
  }

  #divergence(waiting: readonly Waiting[]): ReplayDiverged | undefined {
    const { answers } = this.#journal
    const pending = this.#journal.pending.filter(({ isExplicit }) => isExplicit !== true)
    const [before] = pending
    const [now] = waiting
    if (before === undefined || now === undefined) return undefined
    const answeredAll = pending.every(({ key }) => answers.has(key))
    const askedAny = pending.some(({ key }) => this.#asked.has(key))
    if (!answeredAll || askedAny) return undefined
    return new ReplayDiverged(before.text, questionText(now.question.params))
  }

  #contentKey(question: Question): string {
    const kind = question.method.slice(0, question.method.indexOf("/"))
    const content = `${kind}-${textHash(canonicalJson([question.scope ?? null, question.params ?? null]))}`
    const count = this.#occurrences.get(content) ?? 0
    this.#occurrences.set(content, count + 1)
    return `${content}-${count}`
  }

  #assertCapable(method: Question["method"], params: unknown): void {
    const missing = missingCapability(this.#exchange.peer.capabilities, method, params)
    if (missing !== undefined) throw new MissingClientCapability(missing)
  }
}

function questionText(params: unknown): string {
  const message = (params as { message?: unknown } | undefined)?.message
  return typeof message === "string" ? message.slice(0, 200) : ""
}

/** Runs `work` when all that is ready to run has run, so that questions of one turn go out together. */
function atEndOfTurn(work: () => void): void {
  if (typeof setImmediate === "function") setImmediate(work)
  else setTimeout(work, 0)
}
