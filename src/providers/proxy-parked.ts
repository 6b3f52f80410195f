import type { Json, PeerNotification, PeerRequest } from "../client/rpc.ts"
import { CallAborted, isSuspended } from "../errors/protocol.ts"
import { CallNotHere, TooManyParked } from "../errors/proxy.ts"
import { quietTimeout } from "../shared/quiet-timer.ts"

/** Whoever answers questions for as long as his round lasts. */
export interface Round {
  /** Asks one question. Rejects with a suspension where the answer comes in another round. */
  ask(question: PeerRequest, key: string): Promise<object>
}

interface Open {
  readonly question: PeerRequest
  readonly key: string
  resolve(answer: object): void
  reject(error: unknown): void
}

/**
 * A request that runs at an upstream and may ask. It outlives the round of its client: questions that are not answered
 * yet wait for the next one, and the request is never sent again.
 */
export class LiveCall {
  /** Hears what it tells on its way, for the round that waits. */
  hear: ((notification: PeerNotification) => void) | undefined = undefined
  readonly #controller: AbortController = new AbortController()
  readonly #open: Set<Open> = new Set()
  readonly #result: Promise<Json>
  #round: Round | undefined
  #suspend: ((error: unknown) => void) | undefined
  #count = 0

  constructor(start: (call: LiveCall) => Promise<Json>) {
    this.#result = start(this)
    // It may fail while nobody waits.
    this.#result.catch(() => undefined)
  }

  /** Aborted when it is given up. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Settles when the upstream has answered. */
  get result(): Promise<Json> {
    return this.#result
  }

  /** Gives it up, and tells the upstream so. */
  abort(reason: unknown): void {
    this.#controller.abort(reason)
    for (const { reject } of this.#open) reject(reason)
    this.#open.clear()
  }

  /** Waits for the result in a round, which answers what is asked. Rejects with a suspension when it cannot yet. */
  through(round: Round): Promise<Json> {
    this.#round = round
    return new Promise<Json>((resolve, reject) => {
      this.#suspend = reject
      this.#result.then(resolve, reject)
      for (const open of this.#open) void this.#put(open)
    }).finally(() => {
      if (this.#round === round) this.#round = this.#suspend = this.hear = undefined
    })
  }

  /** Ends the round that waits; the request goes on. */
  leave(reason: unknown): void {
    this.#suspend?.(reason)
  }

  /** Asks, in this round or the next. */
  ask(question: PeerRequest): Promise<object> {
    const key = `${this.#count++}`
    return new Promise((resolve, reject) => {
      const open: Open = { question, key, resolve, reject }
      this.#open.add(open)
      // What the upstream does not want to know any more is not asked in a later round.
      question.signal.addEventListener("abort", () => {
        this.#open.delete(open)
        reject(question.signal.reason)
      })
      void this.#put(open)
    })
  }

  async #put(open: Open): Promise<void> {
    const round = this.#round
    if (round === undefined) return
    try {
      const answer = await round.ask(open.question, open.key)
      this.#open.delete(open)
      open.resolve(answer)
    } catch (error) {
      if (isOfLater(error)) {
        // It stays open.
        if (this.#round === round) this.#suspend?.(error)
        return
      }
      this.#open.delete(open)
      open.reject(error)
    }
  }
}

/** Whether a question is answered by another round, if at all. */
function isOfLater(error: unknown): boolean {
  return isSuspended(error) || (error instanceof CallAborted && error.reason === "suspended")
}

/** To what a parked call belongs. */
export interface Claim {
  readonly principal: string
  readonly method: string
  /** What it calls at the upstream, with what arguments. */
  readonly key: string
  /** What it is called by, for messages. */
  readonly target: string
}

interface Slot {
  readonly claim: Claim
  readonly call: LiveCall
  /** Ends the time it has; not there while a round has it. */
  stop: (() => void) | undefined
}

export interface ParkingOptions {
  readonly ttlMs: number
  readonly max: number
  readonly maxPerPrincipal: number
}

/** Holds calls that wait for the next round of their clients, under handles that nobody guesses. */
export class Parking {
  readonly #options: ParkingOptions
  readonly #slots: Map<string, Slot> = new Map()

  constructor(options: ParkingOptions) {
    this.#options = options
  }

  /** How many calls have asked and are not done. */
  get size(): number {
    return this.#slots.size
  }

  /**
   * Makes sure that a call can be parked, before it asks.
   *
   * @throws {TooManyParked}
   */
  reserve(handle: string, claim: Claim, call: LiveCall): void {
    if (this.#slots.has(handle)) return
    const { max, maxPerPrincipal } = this.#options
    if (this.#slots.size >= max) throw new TooManyParked(max)
    const own = [...this.#slots.values()].filter((slot) => slot.claim.principal === claim.principal)
    if (own.length >= maxPerPrincipal) throw new TooManyParked(maxPerPrincipal)
    this.#slots.set(handle, { claim, call, stop: undefined })
    const done = () => {
      // Its result waits for the next round; one that nobody fetches is forgotten with its time.
      if (this.#slots.get(handle)?.stop === undefined) this.#slots.delete(handle)
    }
    call.result.then(done, done)
  }

  /** Holds it until the next round, for a while. */
  park(handle: string): void {
    const slot = this.#slots.get(handle)
    if (slot === undefined) return
    slot.stop = quietTimeout(() => {
      this.#slots.delete(handle)
      slot.call.abort(new CallNotHere(slot.claim.target))
    }, this.#options.ttlMs)
  }

  /**
   * Takes a call out for one round: nobody else can until it is parked again.
   *
   * @throws {CallNotHere}
   */
  take(handle: string, claim: Claim): LiveCall {
    const slot = this.#slots.get(handle)
    const isHis =
      slot?.stop !== undefined &&
      slot.claim.principal === claim.principal &&
      slot.claim.method === claim.method &&
      slot.claim.key === claim.key
    if (!isHis) throw new CallNotHere(claim.target)
    slot.stop?.()
    slot.stop = undefined
    const done = () => {
      if (slot.stop === undefined) this.#slots.delete(handle)
    }
    slot.call.result.then(done, done)
    return slot.call
  }

  /** Gives all of them up. */
  close(): void {
    for (const [, slot] of this.#slots) {
      slot.stop?.()
      slot.call.abort(new CallNotHere(slot.claim.target))
    }
    this.#slots.clear()
  }
}
