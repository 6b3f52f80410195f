import type { ClientInfo, Context, ContextKey, ContextLog, RequestInfo } from "../components/context.ts"
import type { Call } from "../protocol/call.ts"
import type { Principal } from "../protocol/principal.ts"
import { warnDeprecated } from "../shared/deprecation.ts"
import type { CallToolResult, GetPromptResult, ReadResourceResult } from "../spec/index.ts"
import type { Asking } from "./asking.ts"
import type { Invoker } from "./invoker.ts"
import { createLog } from "./log.ts"

/**
 * Implements {@link Context} for one call. Every member is a getter that gives a bound function, so that handlers
 * may take it apart (`{ log, progress }`) and pay only for what they take.
 */
export class CallContext implements Context {
  readonly #call: Call
  readonly #invoker: Invoker

  constructor(call: Call, invoker: Invoker) {
    this.#call = call
    this.#invoker = invoker
  }

  /** The call that a context belongs to, if it is one of ours. */
  static callOf(ctx: unknown): Call | undefined {
    return typeof ctx === "object" && ctx !== null && #call in ctx ? ctx.#call : undefined
  }

  get signal(): AbortSignal {
    return this.#call.exchange.signal
  }

  get progress(): Context["progress"] {
    return (done, total, message) => this.#call.exchange.progress(done, total, message)
  }

  get closeStream(): Context["closeStream"] {
    return (retryMs = 1000) => this.#call.exchange.closeStream(retryMs)
  }

  get log(): ContextLog {
    return createLog(this.#call.exchange)
  }

  get elicit(): Context["elicit"] {
    return (message, schema, options) => this.#ask((asking) => asking.elicit({ message, schema, options }))
  }

  get elicitUrl(): Context["elicitUrl"] {
    return (message, url, options) => this.#ask((asking) => asking.elicitUrl({ message, url, options }))
  }

  get sample(): Context["sample"] {
    return (request, options) => {
      warnDeprecated("`ctx.sample()`", "Call a model's own API instead.")
      return this.#ask((asking) => asking.sample(request, options))
    }
  }

  get roots(): Context["roots"] {
    return (options) => {
      warnDeprecated("`ctx.roots()`", "Take folders as arguments, or as configuration, instead.")
      return this.#ask((asking) => asking.roots(options))
    }
  }

  get step(): Context["step"] {
    return (key, run) =>
      heeded(import("./step.ts").then(({ runStep }) => runStep(this.#call.exchange, key, run)))
  }

  get inputResponses(): Context["inputResponses"] {
    return this.#call.exchange.inputResponses
  }

  get inputState(): unknown {
    return this.#call.exchange.inputState
  }

  get request(): RequestInfo {
    const { id, peer, exchange, meta, round } = this.#call
    return { id, revision: peer.revision, headers: exchange.headers, meta, round }
  }

  get client(): ClientInfo {
    const { info, capabilities } = this.#call.peer
    return { info, capabilities }
  }

  get auth(): Principal | undefined {
    return this.#call.peer.principal
  }

  get get(): Context["get"] {
    return <T>(key: ContextKey<T>) => this.#call.get(key)
  }

  get set(): Context["set"] {
    return <T>(key: ContextKey<T>, value: T) => this.#call.set(key, value)
  }

  get require(): Context["require"] {
    return <T>(key: ContextKey<T>) => {
      const value = this.#call.get(key)
      return value === undefined ? this.#invoker.values.require(key) : value
    }
  }

  get use(): Context["use"] {
    return (key) => heeded(this.#invoker.values.use(key, this.#call, this.#invoker))
  }

  get callTool(): Context["callTool"] {
    return (name, args = {}) =>
      heeded(
        this.#invoker.nested(this.#call, "tools/call", { name, arguments: args }),
      ) as Promise<CallToolResult>
  }

  get readResource(): Context["readResource"] {
    return (uri) =>
      heeded(this.#invoker.nested(this.#call, "resources/read", { uri })) as Promise<ReadResourceResult>
  }

  get getPrompt(): Context["getPrompt"] {
    return (name, args = {}) =>
      heeded(
        this.#invoker.nested(this.#call, "prompts/get", { name, arguments: args }),
      ) as Promise<GetPromptResult>
  }

  #ask<T>(question: (asking: Asking) => Promise<T>): Promise<T> {
    return heeded(loadAsking().then(({ Asking }) => question(new Asking(this.#call))))
  }
}

let loading: Promise<typeof import("./asking.ts")> | undefined

/** Once for all, so that questions of one turn are asked in one turn. */
function loadAsking(): Promise<typeof import("./asking.ts")> {
  loading ??= import("./asking.ts")
  return loading
}

/** A handler may stop listening (a race, an early return): what then fails must not end the process. */
function heeded<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}
