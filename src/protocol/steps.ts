import { CallAborted, Suspended } from "../errors/protocol.ts"
import { RepeatedStep } from "../errors/steps.ts"
import { encodeBase64Url } from "../shared/base64.ts"
import { toUtf8 } from "../shared/utf8.ts"
import type { StorageDriver } from "../storage/storage.ts"
import { durably } from "./durable-step.ts"
import type { EarlierSteps, Step, StepInfo, StepResults } from "./step.ts"

/** The call that steps belong to, as far as they need to know it. */
export interface SteppingCall {
  readonly inert: boolean
  readonly signal: AbortSignal
}

/** The steps of one call, through all runs of its handler. */
export class Steps implements EarlierSteps {
  /** As text, so that what a handler does to a result does not change what is remembered. */
  readonly #results: Map<string, string | undefined>
  readonly #running: Set<Promise<unknown>> = new Set()
  readonly #storage: (() => Promise<StorageDriver>) | undefined
  #begun: Set<string> = new Set()
  /** Characters of results that are carried along though nobody asked for that. */
  #carried = 0
  #call: SteppingCall
  #id: string | undefined

  /**
   * @param storage Where others look what was done. Left out where nobody else can be doing it: in the first run, whose
   * id nobody knows yet, and in calls that no client can send again.
   */
  constructor(call: SteppingCall, earlier: EarlierSteps, storage?: () => Promise<StorageDriver>) {
    this.#call = call
    this.#results = new Map(earlier.results)
    this.#id = earlier.id
    this.#storage = storage
  }

  /** Names the call; made when first needed. */
  get id(): string {
    this.#id ??= encodeBase64Url(crypto.getRandomValues(new Uint8Array(16)))
    return this.#id
  }

  get results(): StepResults {
    return this.#results
  }

  /** Goes on with the next run of the handler, once no step of the one before runs. */
  async continue(call: SteppingCall): Promise<this> {
    await this.settled()
    this.#call = call
    this.#begun = new Set()
    return this
  }

  /** Waits for the steps that run. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running)
  }

  /** Does a step, unless it was done. */
  async run(step: Step): Promise<unknown> {
    const { key, name } = step
    if (this.#begun.has(key)) throw new RepeatedStep(name)
    this.#begun.add(key)
    if (this.#results.has(key)) return parsed(this.#results.get(key))
    assertAlive(this.#call)
    const work = this.#work(step)
    this.#running.add(work)
    try {
      const value = await work
      this.#results.set(key, JSON.stringify(value))
      return value
    } catch (error) {
      // What failed may be tried again, in this run too.
      this.#begun.delete(key)
      throw error
    } finally {
      this.#running.delete(work)
    }
  }

  /** Does what is no step, unless its result was carried along: small ones are. */
  async recall(key: string, work: () => Promise<object>): Promise<object> {
    const known = this.#results.get(key)
    // What was carried is what `work` gave.
    if (known !== undefined) return JSON.parse(known) as object
    const value = await work()
    const text = JSON.stringify(value)
    if (text.length > mostCarried || this.#carried + text.length > mostCarriedInAll) return value
    this.#carried += text.length
    this.#results.set(key, text)
    return value
  }

  async #work(step: Step): Promise<unknown> {
    const { signal, stop } = signalOf(this.#call)
    try {
      const info: StepInfo = { idempotencyKey: await digestOf(`${this.id}\n${step.key}`), signal }
      const storage = await this.#storage?.()
      // Where writes are not atomic nobody can tell who was first: then it is done at least once.
      if (storage?.atomic !== true) return await step.run(info)
      return await durably({ storage, key: info.idempotencyKey, name: step.name }, info, step.run)
    } finally {
      stop()
    }
  }
}

/** Characters of a result up to which it is carried along though nobody asked for that. */
const mostCarried = 65_536
const mostCarriedInAll = 131_072

function parsed(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text)
}

function assertAlive({ inert, signal }: SteppingCall): void {
  if (!inert) return
  const reason: unknown = signal.reason
  if (reason instanceof CallAborted && reason.reason !== "suspended") throw reason
  throw new Suspended()
}

/** The signal of a call without its suspension, which waits for the steps that run. */
function signalOf({ signal }: SteppingCall): { readonly signal: AbortSignal; readonly stop: () => void } {
  const controller = new AbortController()
  const abort = () => {
    const reason: unknown = signal.reason
    const isSuspension = reason instanceof CallAborted && reason.reason === "suspended"
    if (!isSuspension) controller.abort(reason)
  }
  signal.addEventListener("abort", abort)
  return { signal: controller.signal, stop: () => signal.removeEventListener("abort", abort) }
}

async function digestOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", toUtf8(text))
  return encodeBase64Url(new Uint8Array(digest))
}
