import type { Context } from "../components/context.ts"
import type { Dependency } from "../components/dependency.ts"
import type { Failed, Opened } from "../components/opener.ts"
import { CircularDependency, DependencyFailed } from "../errors/dependencies.ts"
import { FleetError } from "../errors/fleet-error.ts"
import { within } from "../shared/within.ts"
import { noteBehalf } from "./behalf.ts"
import { contextStore } from "./context-store.ts"
import { leastStopMs } from "./lifespan-host.ts"
import type { Outliving } from "./outliving.ts"

/** A value that is being made, or was. */
export class Making {
  readonly dependency: Dependency
  /** Where it is kept. */
  readonly store: DependencyStore
  readonly value: Promise<unknown>
  /** Whether it is there, or could not be made. */
  isSettled = false
  /** Those it waits for. */
  readonly #waitsFor: Set<Making> = new Set()

  constructor(dependency: Dependency, store: DependencyStore, make: (making: Making) => Promise<unknown>) {
    this.dependency = dependency
    this.store = store
    // A moment later, when it can be told from others; and whoever asked need not be listening any more.
    this.value = Promise.resolve().then(() => make(this))
    this.value.catch(() => undefined)
  }

  /**
   * Waits for another, which this one is made of.
   *
   * @throws {CircularDependency} That one waits for this one, if only by way of others.
   */
  async waitFor(other: Making): Promise<unknown> {
    const chain = other.#chainTo(this)
    if (chain !== undefined) throw new CircularDependency([this, ...chain].map((making) => making.name))
    this.#waitsFor.add(other)
    try {
      return await other.value
    } finally {
      this.#waitsFor.delete(other)
    }
  }

  get name(): string {
    return this.dependency.key.name
  }

  /** How it comes to wait for another, that one last, if it does. */
  #chainTo(other: Making): readonly Making[] | undefined {
    if (this === other) return [this]
    for (const next of this.#waitsFor) {
      const chain = next.#chainTo(other)
      if (chain !== undefined) return [this, ...chain]
    }
    return undefined
  }
}

/** Gives back a value. */
interface Closer {
  readonly name: string
  readonly close: NonNullable<Opened["close"]>
  /** What it was made in. */
  readonly context: object
}

/** The values of one scope, each made once; given back together, the last first. */
export class DependencyStore {
  readonly #made: Map<object, Making> = new Map()
  readonly #pending: Set<Making> = new Set()
  readonly #closers: Closer[] = []
  #closing: Promise<readonly DependencyFailed[]> | undefined
  /** Of what is given back now. */
  #name: string | undefined
  /** There once nobody waits any more for what is still being made. */
  #closed: { readonly failure: Failed | undefined } | undefined

  /** Whether nothing may be made for it, or for what it has, any more. */
  get isClosed(): boolean {
    return this.#closed !== undefined
  }

  /**
   * Takes a value, or makes it.
   *
   * @param from Gives what it is made from.
   */
  take(dependency: Dependency, from: (making: Making) => unknown): Making {
    const { key } = dependency
    const known = this.#made.get(key)
    if (known !== undefined) return known
    const making = new Making(dependency, this, (own) => this.#make(own, from(own)))
    this.#made.set(key, making)
    this.#pending.add(making)
    return making
  }

  /**
   * Gives all values back, once those that are being made are there. Who comes while that is under way waits for it.
   *
   * @param limitMs How long each may take; what is still being made, 5 seconds where there is no limit.
   * @param failure What failed that they were made for, if it did.
   * @returns What went wrong; who came first is told.
   */
  close(limitMs: number, failure?: Failed): Promise<readonly DependencyFailed[]> {
    if (this.#closing !== undefined) return this.#join(limitMs, this.#closing)
    this.#closing = this.#close(limitMs, failure)
    return this.#closing
  }

  async #join(limitMs: number, closing: Promise<unknown>): Promise<readonly DependencyFailed[]> {
    const failures: DependencyFailed[] = []
    await this.#attempt(limitMs, closing, failures)
    return failures
  }

  async #close(limitMs: number, failure: Failed | undefined): Promise<readonly DependencyFailed[]> {
    const failures: DependencyFailed[] = []
    // What is still being made nobody has waited for: it must not keep the rest, however long that may take.
    const patienceMs = Number.isFinite(limitMs) ? limitMs : leastStopMs
    await this.#attempt(patienceMs, this.#settled(), failures)
    this.#closed = { failure }
    for (const { name, close, context } of this.#closers.splice(0).reverse()) {
      this.#name = name
      await this.#attempt(limitMs, contextStore.run(context, close, failure), failures)
    }
    return failures
  }

  /** Waits until nothing is being made: one may go on to make others. */
  async #settled(): Promise<void> {
    while (this.#pending.size > 0) await Promise.allSettled([...this.#pending].map(({ value }) => value))
  }

  /** Waits for work, but not for longer than so many milliseconds, and notes what went wrong. */
  async #attempt(limitMs: number, work: Promise<unknown>, failures: DependencyFailed[]): Promise<void> {
    try {
      await within(limitMs, work, () => {
        const name = this.#name ?? [...this.#pending].map((making) => making.name).join("`, `")
        return new DependencyFailed(name, "given back", `it took more than ${limitMs} ms.`)
      })
    } catch (error) {
      const isNamed = error instanceof DependencyFailed
      failures.push(isNamed ? error : new DependencyFailed(this.#name ?? "", "given back", error))
    }
  }

  async #make(making: Making, from: unknown): Promise<unknown> {
    const { dependency, name } = making
    const { key, scope, open } = dependency
    try {
      // What is made for many calls belongs to none. What is made for one has a context of its own, which knows what
      // waits for what.
      const context: object =
        scope === "request" ? (from as Context) : ({ kind: "dependency", name } satisfies Outliving)
      noteBehalf(context, making)
      // The options of `provide()` say what it is made from.
      const { value, close } = await contextStore.run(context, open, from as never)
      if (this.#closed !== undefined) return await this.#tooLate(name, close)
      if (close !== undefined) this.#closers.push({ name, close, context })
      return value
    } catch (error) {
      this.#made.delete(key)
      throw error instanceof FleetError ? error : new DependencyFailed(name, "made", error)
    } finally {
      this.#pending.delete(making)
      making.isSettled = true
    }
  }

  /** What comes when nobody waits for it any more must not stay open. */
  async #tooLate(name: string, close: Opened["close"]): Promise<never> {
    await close?.(this.#closed?.failure)
    throw new DependencyFailed(name, "made", "nobody waits for it any more.")
  }
}
