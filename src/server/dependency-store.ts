import type { Dependency } from "../components/dependency.ts"
import type { Failed, Opened } from "../components/opener.ts"
import { CircularDependency, DependencyFailed } from "../errors/dependencies.ts"
import { FleetError } from "../errors/fleet-error.ts"
import { within } from "../shared/within.ts"
import { contextStore } from "./context-store.ts"
import type { Outliving } from "./outliving.ts"

/** A value that is being made, or was. */
export class Making {
  readonly dependency: Dependency
  readonly value: Promise<unknown>
  /** Those it waits for. */
  readonly #waitsFor: Set<Making> = new Set()

  constructor(dependency: Dependency, make: (making: Making) => Promise<unknown>) {
    this.dependency = dependency
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

/** The values of one scope, each made once; given back together, the last first. */
export class DependencyStore {
  readonly #made: Map<object, Making> = new Map()
  readonly #closers: { readonly name: string; readonly close: (failure?: Failed) => Promise<void> }[] = []

  /**
   * Takes a value, or makes it.
   *
   * @param from Gives what it is made from.
   */
  take(dependency: Dependency, from: (making: Making) => unknown): Making {
    const { key } = dependency
    const known = this.#made.get(key)
    if (known !== undefined) return known
    const making = new Making(dependency, (own) => this.#make(own, from(own)))
    this.#made.set(key, making)
    return making
  }

  /**
   * Gives all values back, once those that are being made are there.
   *
   * @param limitMs How long each may take.
   * @param failure What failed that they were made for, if it did.
   * @returns What went wrong.
   */
  async close(limitMs: number, failure?: Failed): Promise<readonly DependencyFailed[]> {
    const failures: DependencyFailed[] = []
    const makings = [...this.#made.values()].map(({ value }) => value)
    this.#made.clear()
    await within(limitMs, Promise.allSettled(makings), () => lateness("…", limitMs)).catch((error) =>
      failures.push(error),
    )
    for (const { name, close } of this.#closers.splice(0).reverse()) {
      await within(limitMs, close(failure), () => lateness(name, limitMs)).catch((error: unknown) =>
        failures.push(
          error instanceof DependencyFailed ? error : new DependencyFailed(name, "given back", error),
        ),
      )
    }
    return failures
  }

  async #make({ dependency, name }: Making, from: unknown): Promise<unknown> {
    const { key, scope, open } = dependency
    try {
      // The options of `provide()` say what it is made from.
      const opening =
        scope === "request"
          ? open(from as never)
          : contextStore.run<Outliving, never, Promise<Opened>>(
              { kind: "dependency", name },
              open,
              from as never,
            )
      const { value, close } = await opening
      if (close !== undefined) this.#closers.push({ name, close })
      return value
    } catch (error) {
      this.#made.delete(key)
      throw error instanceof FleetError ? error : new DependencyFailed(name, "made", error)
    }
  }
}

function lateness(name: string, limitMs: number): DependencyFailed {
  return new DependencyFailed(name, "given back", `it took more than ${limitMs} ms.`)
}
