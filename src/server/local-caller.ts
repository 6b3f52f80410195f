import type { SamplingOptions } from "../components/sampling.ts"
import type { AbortReason } from "../protocol/call.ts"
import type { Params } from "../protocol/jsonrpc.ts"
import { contextStore } from "./context-store.ts"
import type { InProcess, InProcessCall, InProcessHost, ListMethod } from "./in-process.ts"
import type { InProcessOptions, Invoker, ServerValues } from "./invoker.ts"
import type { Abortable, RunningCalls } from "./running.ts"

/** A call as it was entered. */
type Entered = Pick<InProcessCall, "context" | "onBegin">

/** What calls of the own process need of the engine. */
export interface LocalHost extends InProcessHost {
  /** Starts what must be started first, if anything must. */
  readonly start: () => Promise<void> | undefined
  readonly running: RunningCalls
  readonly values: ServerValues
  readonly sampling: SamplingOptions | undefined
}

/** Lets calls of the own process in. What runs them is loaded by the first. */
export class LocalCaller implements Invoker {
  readonly values: ServerValues
  readonly #host: LocalHost
  #loading: Promise<InProcess> | undefined

  constructor(host: LocalHost) {
    this.#host = host
    this.values = host.values
  }

  /** Runs a method and returns its result. Rejects where a peer would get an error. */
  call(method: string, params: Params, options: InProcessOptions): Promise<object> {
    return this.#enter((inProcess, call) => inProcess.call({ ...call, method, params, options }))
  }

  /** Lists by a method, all pages. */
  list(method: ListMethod, options: InProcessOptions): Promise<readonly unknown[]> {
    return this.#enter((inProcess, call) => inProcess.list({ ...call, method, params: {}, options }))
  }

  async #enter<T>(run: (inProcess: InProcess, call: Entered) => Promise<T>): Promise<T> {
    // At once: where the runtime has no AsyncLocalStorage it is known until the first `await`.
    const context = contextStore.get()
    const { start, running } = this.#host
    const starting = start()
    // Not awaited for nothing: a shutdown must wait for what was called before it.
    if (starting !== undefined) await starting
    running.assertOpen()
    const entry = new Entry()
    running.enter(entry)
    try {
      return await run(await this.load(), { context, onBegin: (exchange) => entry.begin(exchange) })
    } finally {
      running.leave(entry)
    }
  }

  get sampling(): SamplingOptions | undefined {
    return this.#host.sampling
  }

  /** One promise for all, so that calls of one turn begin in their order. */
  readonly load = (): Promise<InProcess> => {
    this.#loading ??= import("./in-process.ts").then(({ InProcess }) => new InProcess(this.#host))
    return this.#loading
  }
}

/** Stands for a call among those that run, also before it has begun. */
class Entry implements Abortable {
  #exchange: Abortable | undefined
  #aborted: AbortReason | undefined

  begin(exchange: Abortable): void {
    this.#exchange = exchange
    if (this.#aborted !== undefined) exchange.abort(this.#aborted)
  }

  abort(reason: AbortReason): void {
    this.#aborted = reason
    this.#exchange?.abort(reason)
  }
}
