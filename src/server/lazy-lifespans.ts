import type { Call, ValueKey } from "../protocol/call.ts"
import type { ContextWith, ServerValues } from "./invoker.ts"
import type { LifespanOwner, LifespanServerOptions, LifespanState } from "./lifespan-host.ts"
import type { Lifespans } from "./lifespans.ts"

/** The lifespans and dependencies of a server. What runs them is loaded when first there is anything to run. */
export class LazyLifespans implements ServerValues, LifespanState {
  readonly options: LifespanServerOptions
  readonly waiting: LifespanOwner[] = []
  readonly values: Map<object, unknown> = new Map()
  isEnded = false
  /** Whether it is being started, or could not be. */
  isUnready = false
  #loading: Promise<Lifespans> | undefined
  /** How many servers that mount this one have it run. */
  #holders = 0
  #isOwn = false

  constructor(options: LifespanServerOptions) {
    this.options = options
    this.add(options)
  }

  /** Whether all there is to start has been started. */
  get isReady(): boolean {
    return this.waiting.length === 0
  }

  /** Adds what an owner has to start, if anything, also to those that have started already. */
  add(owner: LifespanOwner): void {
    if (owner.lifespan !== undefined) this.waiting.push(owner)
  }

  require<T>(key: ValueKey<T>): T {
    // What a lifespan made is of the type of its key.
    if (this.values.has(key)) return this.values.get(key) as T
    throw key.missing(this)
  }

  use<T>(key: ValueKey<T>, call: Call, contextWith: ContextWith): Promise<T> {
    call.using ??= this.load().then(({ dependencies }) => dependencies.enter(call, contextWith))
    return call.using.then((scope) => scope.use(key))
  }

  /**
   * Starts what has not been started.
   *
   * @param isForRequest Whether it is a request that waits for it, and nobody called for it before.
   */
  async start(isForRequest = false): Promise<void> {
    this.#isOwn = true
    await this.#start(isForRequest)
  }

  /**
   * Starts what has not been started, for a server that mounts this one.
   *
   * @returns Ends it again where nobody else has it run: it may start another time.
   */
  async hold(): Promise<() => Promise<void>> {
    await this.#start(false)
    this.#holders++
    return async () => {
      this.#holders--
      if (this.#holders === 0 && !this.#isOwn) await (await this.#loading)?.rest()
    }
  }

  async #start(isForRequest: boolean): Promise<void> {
    if (this.isReady) return
    this.isUnready = true
    await (await this.load()).start(isForRequest)
    this.isUnready = false
  }

  /**
   * Ends all that was started, and starts no more.
   *
   * @param graceMs How long the start, and the end of each, may still take; 5 seconds at least.
   */
  async stop(graceMs: number): Promise<void> {
    this.isEnded = true
    await (await this.#loading)?.stop(graceMs)
  }

  /** Loads what runs them. */
  load(): Promise<Lifespans> {
    this.#loading ??= import("./lifespans.ts").then(({ Lifespans }) => new Lifespans(this))
    return this.#loading
  }
}
