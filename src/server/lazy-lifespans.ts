import type { Dependency } from "../components/dependency.ts"
import type { Call, ValueKey } from "../protocol/call.ts"
import type { Invoker, ServerValues } from "./invoker.ts"
import type { LifespanHost, LifespanOwner } from "./lifespan-host.ts"
import type { Lifespans } from "./lifespans.ts"

/** The lifespans and dependencies of a server. What runs them is loaded when first there is anything to run. */
export class LazyLifespans implements ServerValues {
  readonly #host: LifespanHost
  #loading: Promise<Lifespans> | undefined
  /** Whether it is being started, or could not be. */
  isUnready = false

  constructor({ name, log, dependencies }: Pick<LifespanHost, "name" | "log" | "dependencies">) {
    const require = <T>(key: ValueKey<T>) => this.require(key)
    this.#host = { name, log, dependencies, require, waiting: [], isEnded: false, values: new Map() }
  }

  /** Whether all there is to start has been started. */
  get isReady(): boolean {
    return this.#host.waiting.length === 0
  }

  /** Adds what an owner has to start, if anything, also to those that have started already. */
  add(owner: LifespanOwner): void {
    if (owner.lifespan !== undefined) this.#host.waiting.push(owner)
  }

  require<T>(key: ValueKey<T>): T {
    const { values } = this.#host
    // What a lifespan made is of the type of its key.
    if (values.has(key)) return values.get(key) as T
    throw key.missing(this.#host)
  }

  use<T>(key: ValueKey<T>, call: Call, invoker: Invoker): Promise<T> {
    call.using ??= this.#load().then(({ dependencies }) => dependencies.enter(call, invoker))
    return call.using.then((scope) => scope.use(key))
  }

  /**
   * Starts what has not been started.
   *
   * @param isForRequest Whether it is a request that waits for it, and nobody called for it before.
   */
  async start(isForRequest = false): Promise<void> {
    if (this.isReady) return
    this.isUnready = true
    const lifespans = await this.#load()
    await lifespans.start(isForRequest)
    this.isUnready = false
  }

  /**
   * Ends all that was started, and starts no more.
   *
   * @param limitMs How long the start, and the end of each, may still take.
   */
  async stop(limitMs: number): Promise<void> {
    this.#host.isEnded = true
    await (await this.#loading)?.stop(limitMs)
  }

  /** Ends all lifespans, and has values made by others from the next start on: for tests. */
  async override(dependencies: readonly Dependency[]): Promise<void> {
    await (await this.#load()).override(dependencies)
  }

  #load(): Promise<Lifespans> {
    this.#loading ??= import("./lifespans.ts").then(({ Lifespans }) => new Lifespans(this.#host))
    return this.#loading
  }
}
