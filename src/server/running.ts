import { ServerClosed } from "../errors/server.ts"
import type { AbortReason, Outcome } from "../protocol/call.ts"

/** A call that runs, as far as a shutdown needs to know it. */
export interface Abortable {
  abort(reason: AbortReason): void
}

/** The most codes of errors that are told apart. */
const maxCodes = 100

/** The calls that run, so that a shutdown can wait for them and abort what is left. */
export class RunningCalls {
  readonly #calls: Set<Abortable> = new Set()
  /** How many requests of clients were answered. */
  answered = 0
  /** How many of them with each error of the protocol, by its code. */
  readonly errors: Map<number, number> = new Map()
  /** How many of them by a tool that failed. */
  toolErrors = 0
  /** How many clients listen for changes. */
  subscriptions = 0
  #onIdle: (() => void) | undefined
  #isClosed = false

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** @throws {ServerClosed} No call may begin any more. */
  assertOpen(): void {
    if (this.#isClosed) throw new ServerClosed()
  }

  get size(): number {
    return this.#calls.size
  }

  /** Counts the answer to a request of a client. */
  count(outcome: Outcome): void {
    this.answered++
    if (outcome.kind === "failure") {
      const { code } = outcome.error
      const before = this.errors.get(code) ?? 0
      // Plugins may make codes up.
      if (before > 0 || this.errors.size < maxCodes) this.errors.set(code, before + 1)
      return
    }
    // What a tool gives says so; nothing else has a field of that name.
    const { isError } = outcome.kind === "complete" ? (outcome.result as { readonly isError?: unknown }) : {}
    if (isError === true) this.toolErrors++
  }

  enter(call: Abortable): void {
    this.#calls.add(call)
  }

  leave(call: Abortable): void {
    this.#calls.delete(call)
    if (this.#calls.size === 0) this.#onIdle?.()
  }

  /** Lets no call begin any more. */
  close(): void {
    this.#isClosed = true
  }

  /**
   * Waits for the calls that run and aborts what is left of them.
   *
   * @param graceMs How long to wait, in milliseconds.
   */
  async drain(graceMs: number): Promise<void> {
    if (this.#calls.size > 0) await this.#idleWithin(graceMs)
    for (const call of this.#calls) call.abort("shutdown")
  }

  #idleWithin(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, graceMs)
      this.#onIdle = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
