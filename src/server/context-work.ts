import type { State, StateSessions } from "../components/state.ts"
import type { SessionVisibility } from "../components/visibility.ts"
import { ContextMisused } from "../errors/context.ts"
import { abortError } from "../protocol/abort-error.ts"
import type { Call } from "../protocol/call.ts"
import type { Params } from "../protocol/jsonrpc.ts"
import type { Core } from "./core.ts"
import { handlesOf } from "./handles.ts"
import type { LogEntry } from "./log.ts"
import { mirror } from "./mirror.ts"
import { reportMisuse } from "./misuse.ts"
import { sendNotification } from "./notify.ts"
import { visibilityOf } from "./session-visibility.ts"
import { stateOf } from "./state.ts"
import { type Progress, throttled } from "./throttle.ts"

/** What a context does beyond its getters. Loaded by the first call that asks for any of it. */
export class ContextWork {
  readonly #call: Call
  readonly #core: Core

  constructor(call: Call, core: Core) {
    this.#call = call
    this.#core = core
  }

  get state(): State {
    return stateOf(this.#core, this.#call)
  }

  get visibility(): SessionVisibility {
    return visibilityOf(this.#core, this.#call)
  }

  get sessions(): StateSessions {
    return handlesOf(this.#core, this.#call, (method) => {
      if (!this.#call.exchange.inert) return
      this.misused(`session.${method}()`, undefined)
      throw this.#over(`session.${method}()`)
    })
  }

  progress(progress: Progress): void {
    const { progressMs = 0 } = this.#core
    throttled(this.#call.exchange, progressMs, progress)
  }

  mirror(entry: LogEntry): void {
    mirror(this.#core.log, entry)
  }

  async notify(method: string, params: Params): Promise<void> {
    sendNotification(this.#core, this.#call, { method, params })
  }

  /** Tells the server's log of a context that was used when its call was over, or in another call that runs. */
  misused(member: string, other: Call | undefined): void {
    reportMisuse(this.#core.log, { call: this.#call, other, member })
  }

  /** Rejects with why nothing can be started any more. */
  async refuse(member: string): Promise<never> {
    throw this.#over(member)
  }

  #over(member: string): Error {
    return abortError(this.#call.exchange) ?? new ContextMisused(member, this.#call.target)
  }
}
