import { BaseExchange } from "./base-exchange.ts"
import type { Codec } from "./codec.ts"
import type { Params } from "./jsonrpc.ts"

/** A call that a peer made: what it tells the peer while it runs. */
export abstract class WireExchange extends BaseExchange {
  readonly #codec: Codec
  readonly #progressToken: unknown
  #progressHead: string | undefined
  #lastProgress: number

  /** @param lastProgress What the peer was told in earlier runs of the handler for the same request. Default: nothing. */
  constructor(codec: Codec, progressToken: unknown, lastProgress: number = Number.NEGATIVE_INFINITY) {
    super()
    this.#codec = codec
    this.#progressToken = progressToken
    this.#progressHead = undefined
    this.#lastProgress = lastProgress
  }

  /** How far the peer knows the call to be. */
  get lastProgress(): number {
    return this.#lastProgress
  }

  notify(method: string, params: Params): void {
    if (!this.inert) this.send(this.#codec.notification(method, params))
  }

  /** @see S28/basic/patterns/progress */
  progress(done: number, total: number | undefined, message: string | undefined): void {
    if (this.#progressToken === undefined || this.inert) return
    if (!Number.isFinite(done) || done <= this.#lastProgress) return
    this.#lastProgress = done
    // The same for all of a call; a hundred notifications write it once.
    this.#progressHead ??= this.#codec.progressHead(this.#progressToken)
    const size = Number.isFinite(total) ? `,"total":${total}` : ""
    const words =
      typeof message === "string" && this.#codec.progressMessage
        ? `,"message":${JSON.stringify(message)}`
        : ""
    this.send(`${this.#progressHead}${done}${size}${words}}}`)
  }

  /** Sends a message on the way to the answer. */
  protected abstract send(json: string): void
}
