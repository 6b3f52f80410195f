import type { Principal } from "../principal.ts"
import type { Abortable, Channel, Connection, HeaderBag } from "../transport.ts"
import type { Sessions } from "./session.ts"

/** The channel of one message of an array, which shares that of the whole and cannot end it. */
export class BatchChannel implements Channel {
  readonly #whole: Channel
  readonly #calls: Set<Abortable>

  /** @param calls Those of all messages; whoever goes away leaves them all. */
  constructor(whole: Channel, calls: Set<Abortable>) {
    this.#whole = whole
    this.#calls = calls
  }

  get transport(): string | undefined {
    return this.#whole.transport
  }

  get headers(): HeaderBag | undefined {
    return this.#whole.headers
  }

  get principal(): Principal | undefined {
    return this.#whole.principal
  }

  get committed(): boolean {
    return this.#whole.committed
  }

  get sessions(): Sessions | "memory" | undefined {
    return this.#whole.sessions
  }

  get sessionId(): string | undefined {
    return this.#whole.sessionId
  }

  get connection(): Connection | undefined {
    return this.#whole.connection
  }

  send(json: string): void {
    this.#whole.send(json)
  }

  drained(): Promise<void> | undefined {
    return this.#whole.drained()
  }

  onDisconnect(call: Abortable): void {
    const isFirst = this.#calls.size === 0
    this.#calls.add(call)
    if (!isFirst) return
    this.#whole.onDisconnect({
      abort: (reason) => {
        for (const each of this.#calls) each.abort(reason)
      },
    })
  }
}
