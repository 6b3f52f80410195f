import type { ClientInfo, Context, ContextKey, ContextLog, RequestInfo } from "../components/context.ts"
import type { State, StateSessions } from "../components/state.ts"
import type { SessionVisibility } from "../components/visibility.ts"
import type { Call } from "../protocol/call.ts"
import type { Params } from "../protocol/jsonrpc.ts"
import type { Principal } from "../protocol/principal.ts"
import { andThen, type MaybePromise } from "../shared/maybe-promise.ts"
import type { CallToolResult, GetPromptResult, ReadResourceResult } from "../spec/index.ts"
import type { Asking } from "./asking.ts"
import { contextStore } from "./context-store.ts"
import type { ContextWork } from "./context-work.ts"
import type { Core } from "./core.ts"
import type { Invoker, ServerValues } from "./invoker.ts"
import { createLog } from "./log.ts"
import { requestInfo } from "./request-info.ts"

/**
 * Implements {@link Context} for one call. Every member is a getter that gives a bound function, so that handlers
 * may take it apart (`{ log, progress }`) and pay only for what they take.
 */
export class CallContext implements Context {
  readonly #call: Call
  readonly #core: Core
  readonly #invoker: Invoker

  constructor(call: Call, core: Core, invoker: Invoker = core.invoker) {
    this.#call = call
    this.#core = core
    this.#invoker = invoker
  }

  /** The call that a context belongs to, if it is one of ours. */
  static callOf(ctx: unknown): Call | undefined {
    return typeof ctx === "object" && ctx !== null && #call in ctx ? ctx.#call : undefined
  }

  /** The call that a context belongs to and the server that runs it, if it is one of ours. */
  static partsOf(ctx: unknown): { readonly call: Call; readonly core: Core } | undefined {
    return typeof ctx === "object" && ctx !== null && #call in ctx
      ? { call: ctx.#call, core: ctx.#core }
      : undefined
  }

  /** Runs any method as part of the call that a context is of, for the same caller. */
  static request(ctx: Context, method: string, params: Params): Promise<object> {
    // Whoever hands in another object gets the error of the language.
    return (ctx as CallContext).#nested(method, method, params)
  }

  get signal(): AbortSignal {
    return this.#call.exchange.signal
  }

  get progress(): Context["progress"] {
    return (done, total, message) => {
      if (!this.#enter("progress")) return
      if (this.#core.progressMs === undefined) this.#call.exchange.progress(done, total, message)
      else this.#with((work) => work.progress({ done, total, message }))
    }
  }

  get closeStream(): Context["closeStream"] {
    return (retryMs = 1000) => this.#call.exchange.closeStream(retryMs)
  }

  get log(): ContextLog {
    return createLog(this.#call.exchange, (entry) => {
      const isOpen = this.#enter("log")
      if (isOpen && this.#core.mirrorLogs) this.#with((work) => work.mirror(entry))
      return isOpen
    })
  }

  get notify(): Context["notify"] {
    return (method, params = {}) =>
      this.#start("notify()", async () => this.#with((work) => work.notify(method, params)))
  }

  get state(): State {
    return this.#part("state", ["get", "set", "delete", "update"])
  }

  get sessions(): StateSessions {
    return this.#part("sessions", ["create", "open"])
  }

  get visibility(): SessionVisibility {
    return this.#part("visibility", ["hide", "show", "reset"])
  }

  get elicit(): Context["elicit"] {
    return (message, form, options) =>
      this.#ask("elicit()", (asking) => asking.elicit({ message, form, options }))
  }

  get confirm(): Context["confirm"] {
    return (message, options) => this.#ask("confirm()", (asking) => asking.confirm(message, options))
  }

  get elicitUrl(): Context["elicitUrl"] {
    return (message, url, options) =>
      this.#ask("elicitUrl()", (asking) => asking.elicitUrl({ message, url, options }))
  }

  get sample(): Context["sample"] {
    return (request, options) => this.#ask("sample()", (asking) => asking.sample(request, options))
  }

  get roots(): Context["roots"] {
    return (options) => this.#ask("roots()", (asking) => asking.roots(options))
  }

  get step(): Context["step"] {
    return (key, run) =>
      this.#start("step()", async () => (await import("./step.ts")).runStep(this.#call, key, run))
  }

  get inputResponses(): Context["inputResponses"] {
    return this.#call.exchange.inputResponses
  }

  get inputState(): unknown {
    return this.#call.exchange.inputState
  }

  get request(): RequestInfo {
    return requestInfo(this.#call)
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
    return (key) =>
      this.#start("use()", () =>
        this.#invoker.values.use(key, this.#call, (values) => this.#withValues(values)),
      )
  }

  get callTool(): Context["callTool"] {
    return (name, args = {}, { version } = {}) =>
      this.#nested("callTool()", "tools/call", {
        name,
        arguments: args,
        ...(version === undefined ? undefined : { _meta: { "fleetmcp/version": version } }),
      }) as Promise<CallToolResult>
  }

  get readResource(): Context["readResource"] {
    return (uri) => this.#nested("readResource()", "resources/read", { uri }) as Promise<ReadResourceResult>
  }

  get getPrompt(): Context["getPrompt"] {
    return (name, args = {}) =>
      this.#nested("getPrompt()", "prompts/get", { name, arguments: args }) as Promise<GetPromptResult>
  }

  #nested(member: string, method: string, params: Params): Promise<object> {
    return this.#start(member, () =>
      this.#invoker.load().then((inside) => inside.nested(this.#call, method, params)),
    )
  }

  #ask<T>(member: string, question: (asking: Asking) => Promise<T>): Promise<T> {
    return this.#start(member, async () =>
      question(new (await loadAsking()).Asking(this.#call, this.#invoker)),
    )
  }

  /** The context of what is made for this call: it has other values, and all else is the same. */
  #withValues(values: ServerValues): Context {
    const { load, sampling } = this.#invoker
    return new CallContext(this.#call, this.#core, { load, sampling, values })
  }

  /** Gives the methods of a part that is loaded when the first of them is called. */
  #part<Part extends "state" | "sessions" | "visibility">(
    part: Part,
    methods: readonly (keyof ContextWork[Part] & string)[],
  ): ContextWork[Part] {
    const entries = methods.map((method) => [
      method,
      (...args: unknown[]) =>
        this.#start(`${part}.${method}()`, async () =>
          // Methods of any kind; what they take, the type of the part says.
          this.#with((work) => (work[part] as unknown as Methods)[method]?.(...args)),
        ),
    ])
    // All methods that the part has.
    return Object.fromEntries(entries) as ContextWork[Part]
  }

  /** Starts what takes its time, while the call runs. */
  #start<T>(member: string, work: () => Promise<T>): Promise<T> {
    const isOpen = this.#enter(member)
    return heeded(isOpen ? work() : Promise.resolve(this.#with((over) => over.refuse(member))))
  }

  /** Whether the call still runs. Who uses its context when it does not, or in another call, is told so. */
  #enter(member: string): boolean {
    const { inert } = this.#call.exchange
    const running = contextStore.get()
    // Asked at once: who runs now may be over when the answer is looked at.
    const other = inert || running === this ? undefined : CallContext.callOf(running)
    if (inert || other?.exchange.inert === false) this.#with((work) => work.misused(member, other))
    return !inert
  }

  /** Does what needs more than getters: at once, but for the first time, when that must be loaded. */
  #with<T>(run: (work: ContextWork) => MaybePromise<T>): MaybePromise<T> {
    return andThen(loadedWork ?? loadWork(), ({ ContextWork }) =>
      run(new ContextWork(this.#call, this.#core)),
    )
  }
}

interface Methods {
  readonly [name: string]: (...args: unknown[]) => unknown
}

let loading: Promise<typeof import("./asking.ts")> | undefined

/** Once for all, so that questions of one turn are asked in one turn. */
function loadAsking(): Promise<typeof import("./asking.ts")> {
  loading ??= import("./asking.ts")
  return loading
}

let loadedWork: typeof import("./context-work.ts") | undefined

/** Loads what most calls never ask of their context. */
export async function loadWork(): Promise<typeof import("./context-work.ts")> {
  loadedWork = await import("./context-work.ts")
  return loadedWork
}

/** A handler may stop listening (a race, an early return): what then fails must not end the process. */
function heeded<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}
