import type { Abortable } from "./transport.ts"

/** Holds the call that a channel carries, so that it can be ended from outside, also before the channel hears of it. */
export class HeldCall {
  #call: Abortable | undefined
  #gone: "disconnect" | "cancel" | undefined

  constructor() {
    this.#call = undefined
    this.#gone = undefined
  }

  onDisconnect(call: Abortable): void {
    this.#call = call
    if (this.#gone !== undefined) call.abort(this.#gone)
  }

  /** Gives up what waits for a word of the peer, which says no more. */
  giveUpAsking(): void {
    this.#call?.giveUpAsking?.()
  }

  /** Ends the call, if it still runs. */
  abort(reason: "disconnect" | "cancel"): void {
    this.#gone = reason
    this.#call?.abort(reason)
  }
}
