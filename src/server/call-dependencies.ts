import type { Context } from "../components/context.ts"
import type { Dependency, DependencyScope, ServerScope, SessionScope } from "../components/dependency.ts"
import { MissingDependency, WrongScope } from "../errors/dependencies.ts"
import { InvalidOption, quoted } from "../errors/server.ts"
import { abortError } from "../protocol/abort-error.ts"
import type { Call, CallScope, ValueKey } from "../protocol/call.ts"
import { behalfOf } from "./behalf.ts"
import { DependencyStore, type Making } from "./dependency-store.ts"
import type { ContextWith } from "./invoker.ts"
import type { LifespanHost } from "./lifespan-host.ts"
import type { SessionStores, SessionUse } from "./session-stores.ts"

/** What all calls of a server share. */
export interface SharedDependencies {
  readonly host: LifespanHost
  readonly server: DependencyStore
  readonly sessions: SessionStores
  find(key: object): Dependency | undefined
  /** Whether a test has put it in the place of whatever else is there. */
  isOverridden(key: object): boolean
  /** Hears of what could not be given back. */
  readonly onError: (error: unknown) => void
  /** Called when a call is done with all of it. */
  readonly onEnd: (call: CallDependencies) => void
}

/** What one call uses: its own values, and those of its session and of the server. */
export class CallDependencies implements CallScope {
  readonly #shared: SharedDependencies
  readonly #call: Call
  readonly #contextWith: ContextWith
  readonly #own: DependencyStore = new DependencyStore()
  #session: SessionUse | undefined
  #isOver = false

  constructor(shared: SharedDependencies, call: Call, contextWith: ContextWith) {
    this.#shared = shared
    this.#call = call
    this.#contextWith = contextWith
  }

  /**
   * Takes what is under a key, and makes it if it must be made.
   *
   * @throws {MissingDependency}
   * @throws {LifespanNotRun} FLEET-17
   * @throws {WrongScope}
   * @throws {CircularDependency}
   * @throws {DependencyFailed}
   */
  async use<T>(key: ValueKey<T>): Promise<T> {
    const { exchange, isHandled } = this.#call
    if (exchange.inert || isHandled || this.#isOver)
      throw abortError(exchange) ?? tooLate(key, "the call that would have it had ended")
    // What a dependency makes is of the type of its key.
    return (await this.#take(key)) as T
  }

  async end<T>(value: Promise<T>): Promise<T> {
    const settled = await value.then(
      () => undefined,
      (error: unknown) => ({ error }),
    )
    const { inert, signal } = this.#call.exchange
    // A call that was suspended or given up comes to nothing, whatever its handler returned.
    const failure = settled ?? (inert ? { error: signal.reason } : undefined)
    const failures = await this.close(Number.POSITIVE_INFINITY, failure)
    // One error is all that a call can fail with.
    const [first, ...rest] = failures
    for (const error of failure === undefined ? rest : failures) this.#shared.onError(error)
    if (failure === undefined && first !== undefined) throw first
    return value
  }

  /** Gives back what was made for this call alone. */
  async close(limitMs: number, failure: { readonly error: unknown } | undefined): Promise<readonly Error[]> {
    this.#isOver = true
    const failures = await this.#own.close(limitMs, failure)
    this.#session?.leave()
    this.#session = undefined
    this.#shared.onEnd(this)
    return failures
  }

  /** @param asker What is being made of it, if something is. */
  async #take(key: ValueKey<unknown>, asker?: Making): Promise<unknown> {
    const { host, find, isOverridden } = this.#shared
    if (asker?.store.isClosed) throw tooLate(key, `nobody waited for \`${asker.name}\` any more`)
    const ofCall = asker === undefined || asker.dependency.scope === "request"
    const left = ofCall && !isOverridden(key) ? this.#call.get(key) : undefined
    if (left !== undefined) return left
    const dependency = find(key)
    if (dependency === undefined) {
      // In JavaScript a name is easily taken for the key.
      if (Object(key) !== key)
        throw new InvalidOption("The key", quoted(key), "Give what `contextKey()` or `lifespan()` made.")
      if ("open" in key) return host.require(key)
      throw new MissingDependency(key.name)
    }
    if (asker !== undefined) assertLasting(dependency, asker.dependency)
    // Of the one who asks, where both are kept alike: the call that had it made may be over.
    const isAlike = asker?.dependency.scope === dependency.scope
    const store = isAlike ? asker.store : this.#storeOf(dependency)
    const making = store.take(dependency, (own) => this.#fromOf(own))
    if (asker !== undefined) return asker.waitFor(making)
    // What it is made for is a making, which may wait for this one: an opener that calls a tool of its own server.
    const behalf = behalfOf(this.#call) as Making | undefined
    return behalf === undefined || behalf.isSettled ? making.value : behalf.waitFor(making)
  }

  #storeOf({ scope, key }: Dependency): DependencyStore {
    if (scope === "request") return this.#own
    if (scope === "server") return this.#shared.server
    this.#session ??= this.#shared.sessions.enter(this.#call, key.name)
    return this.#session.store
  }

  /** What a value is made from. What it uses is waited for on its behalf. */
  #fromOf(making: Making): Context | SessionScope | ServerScope {
    const { host } = this.#shared
    // A value is of the type of its key.
    const use = <T>(key: ValueKey<T>) => this.#take(key, making) as Promise<T>
    const { name, require } = host
    const { scope } = making.dependency
    if (scope === "server") return { name, require, use }
    if (scope === "session") return { name, require, use, auth: this.#call.peer.principal }
    return this.#contextWith({ require, use })
  }
}

function tooLate({ name }: ValueKey<unknown>, why: string): WrongScope {
  return new WrongScope(`\`${name}\` was used when ${why}.`, "Await what uses it in the handler.")
}

/** The scopes, the shortest first. */
const scopes: readonly DependencyScope[] = ["request", "session", "server"]

function assertLasting(used: Dependency, by: Dependency): void {
  if (scopes.indexOf(used.scope) >= scopes.indexOf(by.scope)) return
  const what = `\`${by.key.name}\` is kept for the ${by.scope}, and cannot be made of \`${used.key.name}\`, which is kept for the ${used.scope}.`
  throw new WrongScope(
    what,
    `Provide \`${by.key.name}\` with the scope \`${used.scope}\` too, or make it of something else.`,
  )
}
