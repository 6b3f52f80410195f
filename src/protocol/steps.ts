import { CallAborted, Suspended } from "../errors/protocol.ts"
import { RepeatedStep } from "../errors/steps.ts"
import { canonicalJson } from "../shared/canonical-json.ts"
import { randomText } from "../shared/random-text.ts"
import { textDigest } from "../shared/text-digest.ts"
import { toUtf8 } from "../shared/utf8.ts"
import type { StorageDriver } from "../storage/storage.ts"
import { abortError } from "./abort-error.ts"
import { type AnswerDigests, durably, type StepWork } from "./durable-step.ts"
import type { EarlierSteps, Step, StepInfo, StepResults } from "./step.ts"

/** The call that steps belong to, as far as they need to know it. */
export interface SteppingCall {
  readonly inert: boolean
  readonly signal: AbortSignal
}

/** What the steps of a call need where others may be doing them too. */
export interface Sharing {
  /** Where all of them look what was done. */
  readonly storage: () => Promise<StorageDriver>
  /** What the client answered: who was answered otherwise does other steps. */
  readonly answers: ReadonlyMap<string, object>
}

/** The steps of one call, through all runs of its handler. */
export class Steps implements EarlierSteps {
  /** As text, so that what a handler does to a result does not change what is remembered. */
  readonly #results: Map<string, string | undefined>
  readonly #running: Map<string, Promise<unknown>> = new Map()
  readonly #sharing: Sharing | undefined
  /** Aborted with the call, but not by its suspension, which waits for the steps that run. */
  readonly #controller: AbortController = new AbortController()
  /** Of each run of the handler. */
  readonly #begun: WeakMap<object, Set<string>> = new WeakMap()
  /** What was recalled since the last answers, by the run that did it. */
  #recalled: Map<string, object> = new Map()
  /** Bytes of what is carried along. */
  #carried: number
  #call: SteppingCall
  #id: string | undefined

  /**
   * @param sharing Left out where nobody else can be doing them: in the first run, whose id nobody knows yet, and in
   * calls that no client can send again.
   */
  constructor(call: SteppingCall, earlier: EarlierSteps, sharing?: Sharing) {
    this.#call = call
    this.#results = new Map(earlier.results)
    this.#id = earlier.id
    this.#sharing = sharing
    this.#carried = 0
    for (const text of earlier.results.values()) this.#carried += bytesIn(text)
    this.#follow(call)
  }

  /** Names the call; made when first needed. */
  get id(): string {
    this.#id ??= randomText(16)
    return this.#id
  }

  get results(): StepResults {
    return this.#results
  }

  /** Goes on with the next run of the handler, once no step of the one before runs. */
  async continue(call: SteppingCall): Promise<this> {
    this.#follow(call)
    await this.settled()
    this.#call = call
    this.#recalled = new Map()
    return this
  }

  /** Waits for the steps that run. Rejects with the reason of {@link abort}: what never ends is not waited for. */
  async settled(): Promise<void> {
    const { signal } = this.#controller
    while (this.#running.size > 0) {
      signal.throwIfAborted()
      await untilAborted(Promise.allSettled(this.#running.values()), signal)
    }
  }

  /** Aborts the signals of the steps that run, and whoever waits for them. */
  abort(reason: CallAborted): void {
    this.#controller.abort(reason)
  }

  /** Does a step, unless it was done. */
  async run(step: Step): Promise<unknown> {
    const { key, name } = step
    const begun = this.#begunBy(step.by)
    if (begun.has(key)) throw new RepeatedStep(name)
    begun.add(key)
    // A run that failed may have left it behind, and it may well be done.
    for (let left = this.#running.get(key); left !== undefined; left = this.#running.get(key))
      await untilAborted(Promise.allSettled([left]), this.#controller.signal)
    if (this.#results.has(key)) return parsed(this.#results.get(key))
    if (this.#call.inert) throw abortError(this.#call) ?? new Suspended()
    const work = this.#work(step)
    this.#running.set(key, work)
    try {
      const value = await work
      const text = JSON.stringify(value)
      this.#carried += bytesIn(text)
      this.#results.set(key, text)
      return value
    } catch (error) {
      // What failed may be tried again, in this run too.
      begun.delete(key)
      throw error
    } finally {
      this.#running.delete(key)
    }
  }

  /** Does what is no step, unless its result was carried along: small ones are. */
  async recall(key: string, by: object | undefined, work: () => Promise<object>): Promise<object> {
    const known = this.#results.get(key)
    const did = this.#recalled.get(key)
    // What was carried is what `work` gave. A run that is tried again may have failed by it.
    if (known !== undefined && (did === undefined || by === undefined || did === by))
      return JSON.parse(known) as object
    const value = await work()
    const text = jsonOf(value)
    const bytes = bytesIn(text)
    this.#carried -= bytesIn(this.#results.get(key))
    this.#results.delete(key)
    if (text === undefined || bytes > mostCarried || this.#carried + bytes > mostCarriedInAll) return value
    this.#carried += bytes
    this.#results.set(key, text)
    if (by !== undefined) this.#recalled.set(key, by)
    return value
  }

  #begunBy(run: object): Set<string> {
    const begun = this.#begun.get(run) ?? new Set()
    this.#begun.set(run, begun)
    return begun
  }

  async #work({ key, name, run, toJson }: Step): Promise<unknown> {
    const { signal } = this.#controller
    const info: StepInfo = { idempotencyKey: await digestOf([this.id, key]), signal }
    const work: StepWork = {
      signal,
      run: () => {
        // The client left while the storage was waited for: what it asked for must not happen now.
        signal.throwIfAborted()
        return run(info)
      },
      toJson,
    }
    const storage = await this.#sharing?.storage()
    // Where writes are not atomic nobody can tell who was first: then it is done at least once.
    if (storage?.atomic !== true) return toJson(await work.run())
    const answers = await digestsOf(this.#sharing?.answers)
    return durably({ storage, key: info.idempotencyKey, name, answers }, work)
  }

  #follow({ signal }: SteppingCall): void {
    const abort = () => {
      const reason: unknown = signal.reason
      if (reason instanceof CallAborted && reason.reason !== "suspended") this.abort(reason)
    }
    if (signal.aborted) abort()
    else signal.addEventListener("abort", abort)
  }
}

/** Bytes of a result up to which it is carried along though nobody asked for that, and of all that is carried. */
const mostCarried = 65_536
const mostCarriedInAll = 131_072

function parsed(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text)
}

function untilAborted(work: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason)
    signal.addEventListener("abort", end)
    work.then(resolve).finally(() => signal.removeEventListener("abort", end))
  })
}

/** What code of the server gives to itself need not be JSON. */
function jsonOf(value: object): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

function bytesIn(text: string | undefined): number {
  return text === undefined ? 0 : toUtf8(text).length
}

async function digestsOf(answers: Sharing["answers"] = new Map()): Promise<AnswerDigests> {
  const digests = [...answers].map(async ([key, answer]) => [key, await digestOf(answer)] as const)
  return Object.fromEntries(await Promise.all(digests))
}

function digestOf(value: unknown): Promise<string> {
  return textDigest(canonicalJson(value))
}
