import type { ContextKey } from "../components/context.ts"
import type { Dependency } from "../components/dependency.ts"
import type { Lifespan, LifespanServer } from "../components/lifespan.ts"
import type { Opened } from "../components/opener.ts"
import { LifespanFailed, LifespanTimeout, StartingServer } from "../errors/lifespans.ts"
import { ServerClosed } from "../errors/server.ts"
import { within } from "../shared/within.ts"
import { contextStore } from "./context-store.ts"
import { byKey, Dependencies } from "./dependencies.ts"
import type { ServerValues } from "./invoker.ts"
import {
  type DependencyOption,
  type LifespanFunction,
  type LifespanHost,
  type LifespanOwner,
  type LifespanState,
  leastStopMs,
} from "./lifespan-host.ts"
import { noteStart, warnOfRequestStart, watchExit } from "./lifespan-warnings.ts"
import type { Outliving } from "./outliving.ts"

/** A lifespan; or what a plugin or provider does as one, whose value nobody takes. */
type Startable = Pick<Lifespan, "name" | "startTimeout" | "stopTimeout" | "open">

/** One that runs. */
interface Running {
  readonly lifespan: Startable
  readonly close: () => Promise<void>
}

/** Starts lifespans, each once and in order, and ends them in the reverse order. */
export class Lifespans {
  readonly dependencies: Dependencies
  readonly #host: LifespanHost
  readonly #running: Running[] = []
  /** Those whose lifespans run. */
  readonly #started: LifespanOwner[] = []
  #overrides: ReadonlyMap<object, Dependency> = new Map()
  #starting: Promise<void> | undefined
  /** Marks what the lifespan does that is being started. */
  #current: Outliving | undefined
  /** Aborted when nobody waits for the one that is being started any more. */
  #abort: AbortController | undefined
  #unwatch: (() => void) | undefined
  #isStopping = false
  #isStopped = false

  constructor(state: LifespanState & Pick<ServerValues, "require">) {
    const { options, waiting, values } = state
    const { info, log, dependencies } = options
    const require = <T>(key: ContextKey<T>) => state.require(key)
    this.#host = { name: info.name, log, dependencies, require, waiting, values }
    this.dependencies = new Dependencies(this.#host)
  }

  /**
   * Starts what has not been started. Where one fails, those that were started with it are ended, and the next call tries
   * all of them again.
   *
   * @param isForRequest Whether a request waits for it that nobody called `start()` before.
   * @throws {StartingServer} A lifespan calls, which would wait for itself.
   * @throws {ServerClosed} The server was closed meanwhile.
   * @throws {LifespanFailed}
   * @throws {LifespanTimeout}
   */
  async start(isForRequest: boolean): Promise<void> {
    if (this.#current !== undefined && contextStore.get() === this.#current) throw new StartingServer()
    if (isForRequest) warnOfRequestStart(this.#host)
    while (this.#host.waiting.length > 0 && !this.#isStopping) {
      // Begun a moment later, so that a lifespan that asks for the start finds that it is under way.
      this.#starting ??= Promise.resolve()
        .then(() => this.#startAll())
        .finally(() => {
          this.#starting = undefined
        })
      await this.#starting
    }
    // A request is told so where it is answered.
    if (this.#isStopping && !isForRequest) throw new ServerClosed()
  }

  /**
   * Ends what was started, and starts no more. What fails to end, or does not end, is logged, and does not keep the
   * others from ending.
   *
   * @param graceMs How long the start, and the end of each, may still take; 5 seconds at least.
   */
  async stop(graceMs: number): Promise<void> {
    const limitMs = Math.max(graceMs, leastStopMs)
    this.#isStopping = true
    this.#abort?.abort(new ServerClosed())
    const name = this.#current?.name ?? ""
    // Its failure is told to whoever started it.
    const started = this.#starting?.catch(() => undefined) ?? Promise.resolve()
    await within(limitMs, started, () => new LifespanTimeout(name, "give up its start", limitMs)).catch(
      (error: unknown) => this.#notEnded(name, error),
    )
    this.#isStopped = true
    await this.#endAll(limitMs)
  }

  /** Ends all, until the next start. */
  async rest(): Promise<void> {
    await this.#starting?.catch(() => undefined)
    await this.#endAll(leastStopMs)
    this.#host.waiting.unshift(...this.#started.splice(0))
  }

  /** Ends all, and has values made by others from the next start on. */
  async override(dependencies: DependencyOption): Promise<void> {
    await this.rest()
    this.#overrides = byKey(dependencies)
    this.dependencies.override(this.#overrides)
  }

  async #startAll(): Promise<void> {
    const { waiting } = this.#host
    const before = this.#running.length
    let count = 0
    try {
      // More may come while these start.
      for (let owner = waiting[0]; owner !== undefined; owner = waiting[count]) {
        for (const lifespan of startablesOf(owner)) await this.#start(lifespan)
        count++
      }
    } catch (error) {
      await this.#endFrom(before, leastStopMs)
      // Given up, and told so by the server that has closed.
      if (this.#isStopping) return
      throw error
    }
    this.#started.push(...waiting.splice(0, count))
    // What came so late has been ended already.
    if (this.#isStopped) return
    this.#unwatch ??= watchExit(this.#host, () => this.#running.map(({ lifespan }) => lifespan.name))
  }

  async #start(lifespan: Startable): Promise<void> {
    const { values } = this.#host
    // A plugin may bring what the server has already.
    if (this.#isStopping || values.has(lifespan)) return
    const { value, close } = await this.#open(lifespan)
    const forget = noteStart(this.#host, lifespan)
    const running = {
      lifespan,
      async close() {
        forget()
        await close?.()
      },
    }
    // All others have ended.
    if (this.#isStopped) return this.#end(running, leastStopMs)
    values.set(lifespan, value)
    this.#running.push(running)
  }

  async #open(lifespan: Startable): Promise<Opened> {
    const { name, startTimeout } = lifespan
    const abort = new AbortController()
    this.#abort = abort
    this.#current = { kind: "lifespan", name }
    const opening = contextStore.run(this.#current, (server) => this.#openerOf(lifespan)(server), {
      name: this.#host.name,
      signal: abort.signal,
      require: this.#host.require,
    })
    try {
      return await within(startTimeout, opening, () => new LifespanTimeout(name, "start", startTimeout))
    } catch (error) {
      abort.abort(error)
      if (!(error instanceof LifespanTimeout)) throw new LifespanFailed(name, error)
      // What comes when nobody waits for it any more must not stay open; what fails then was given up.
      opening.then(({ close }) => close?.()).catch(() => undefined)
      throw error
    } finally {
      this.#current = undefined
      this.#abort = undefined
    }
  }

  #openerOf(lifespan: Startable): (server: LifespanServer) => Promise<Opened> {
    const override = this.#overrides.get(lifespan)
    // What stands for a lifespan in a test starts with the server, as the lifespan would.
    return override === undefined ? lifespan.open : (server) => override.open(server as never)
  }

  async #endAll(limitMs: number): Promise<void> {
    this.#unwatch?.()
    this.#unwatch = undefined
    // They may be made of what lifespans made.
    await this.dependencies.close(limitMs)
    await this.#endFrom(0, limitMs)
  }

  async #endFrom(index: number, limitMs: number): Promise<void> {
    for (const running of this.#running.splice(index).reverse()) await this.#end(running, limitMs)
  }

  async #end({ lifespan, close }: Running, limitMs: number): Promise<void> {
    const { name, stopTimeout: ms = limitMs } = lifespan
    this.#host.values.delete(lifespan)
    // A call may have closed the server; what ends belongs to none.
    const closing = contextStore.run<Outliving, undefined, Promise<void>>(
      { kind: "lifespan", name },
      close,
      undefined,
    )
    await within(ms, closing, () => new LifespanTimeout(name, "end", ms)).catch((error: unknown) =>
      this.#notEnded(name, error),
    )
  }

  #notEnded(name: string, error: unknown): void {
    this.#host.log({ level: "error", message: `The lifespan \`${name}\` failed to end`, error })
  }
}

function startablesOf(owner: LifespanOwner): readonly Startable[] {
  const { lifespan, name = "", id = name } = owner
  if (typeof lifespan !== "function") return [lifespan ?? []].flat()
  // Called on its owner, since it may be a method.
  const open = async () => ({
    value: undefined,
    close: await (owner as { lifespan: LifespanFunction }).lifespan(),
  })
  return [{ name: id, startTimeout: Number.POSITIVE_INFINITY, stopTimeout: undefined, open }]
}
