import type { Dependency } from "../components/dependency.ts"
import { ServerClosed } from "../errors/server.ts"
import type { Call, CallScope } from "../protocol/call.ts"
import { CallDependencies, type SharedDependencies } from "./call-dependencies.ts"
import { DependencyStore } from "./dependency-store.ts"
import type { ContextWith } from "./invoker.ts"
import type { DependencyOption, LifespanHost } from "./lifespan-host.ts"
import { SessionStores } from "./session-stores.ts"

/** How long what is given back with a session may take, in milliseconds. */
const sessionLimitMs = 5000

/** What the dependencies of a server have made, for the server, its sessions and its calls. */
export class Dependencies implements SharedDependencies {
  readonly host: LifespanHost
  readonly sessions: SessionStores
  readonly #given: ReadonlyMap<object, Dependency>
  readonly #calls: Set<CallDependencies> = new Set()
  #overrides: ReadonlyMap<object, Dependency> = new Map()
  #server: DependencyStore = new DependencyStore()

  constructor(host: LifespanHost) {
    this.host = host
    this.#given = byKey(host.dependencies)
    this.sessions = new SessionStores((store) => this.#giveBack(store.close(sessionLimitMs)))
  }

  get server(): DependencyStore {
    return this.#server
  }

  /** Notes that a call uses some of them. */
  enter(call: Call, contextWith: ContextWith): CallScope {
    const own = new CallDependencies(this, call, contextWith)
    // What is asked for too late is refused, and has no end to hear of.
    if (!call.exchange.inert) this.#calls.add(own)
    return own
  }

  readonly find = (key: object): Dependency | undefined => this.#overrides.get(key) ?? this.#given.get(key)

  readonly isOverridden = (key: object): boolean => this.#overrides.has(key)

  readonly onError = (error: unknown): void => {
    this.host.log({ level: "error", message: "A dependency failed to be given back", error })
  }

  readonly onEnd = (call: CallDependencies): void => {
    this.#calls.delete(call)
  }

  /** Has values made by others from now on. */
  override(dependencies: ReadonlyMap<object, Dependency>): void {
    this.#overrides = dependencies
  }

  /**
   * Gives back all that was made: for calls that still run, for sessions, and for the server.
   *
   * @param limitMs How long each may take.
   */
  async close(limitMs: number): Promise<void> {
    const failure = { error: new ServerClosed() }
    await Promise.all([...this.#calls].map((call) => this.#giveBack(call.close(limitMs, failure))))
    await this.sessions.close()
    const server = this.#server
    this.#server = new DependencyStore()
    await this.#giveBack(server.close(limitMs))
  }

  async #giveBack(closing: Promise<readonly unknown[]>): Promise<void> {
    for (const error of await closing) this.onError(error)
  }
}

export function byKey(dependencies: DependencyOption): ReadonlyMap<object, Dependency> {
  return new Map([dependencies ?? []].flat().map((dependency) => [dependency.key, dependency]))
}
