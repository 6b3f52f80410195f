import { NotYieldedOnce } from "../errors/lifespan-keys.ts"
import { isYielding, type Yielding } from "./is-yielding.ts"

/**
 * Makes a value that is given back later. A function returns the value, or a promise of it, which is disposed of if it
 * is `Disposable` or `AsyncDisposable`; or it yields the value once and gives it back in what follows. An object does
 * the one in `start` and the other in `stop`.
 */
export type Opener<T, From> =
  | ((from: From) => T | PromiseLike<T> | AsyncGenerator<T, void, undefined> | Generator<T, void, undefined>)
  | { readonly start: (from: From) => T | PromiseLike<T>; readonly stop: (value: T) => unknown }

/** A value, and what gives it back. */
export interface Opened {
  readonly value: unknown
  /** Gives it back, if there is anything to do. Told what failed that it was made for, if that did. */
  readonly close: ((failure?: Failed) => Promise<void>) | undefined
}

/** What failed, in an object, since anything may be thrown. */
export interface Failed {
  readonly error: unknown
}

/** Reads an opener, whatever its form. */
export function toOpen<T, From>(opener: Opener<T, From>): (from: From) => Promise<Opened> {
  return async (from) => own(await open(opener, from))
}

async function open<T, From>(opener: Opener<T, From>, from: From): Promise<Opened> {
  if (typeof opener !== "function") {
    const value = await opener.start(from)
    return { value, close: async () => void (await opener.stop(value)) }
  }
  const made: unknown = await opener(from)
  if (isYielding(made)) return yielded(made)
  return { value: made, close: owned.has(made as object) ? undefined : disposerOf(made) }
}

/** Values that somebody gives back: who only hands one on must not dispose of it. */
const owned: WeakSet<object> = /* @__PURE__ */ new WeakSet()

function own({ value, close }: Opened): Opened {
  const canBeOwned = (typeof value === "object" && value !== null) || typeof value === "function"
  if (close === undefined || !canBeOwned || owned.has(value)) return { value, close }
  owned.add(value)
  return {
    value,
    close(failure) {
      owned.delete(value)
      return close(failure)
    },
  }
}

async function yielded(generator: Yielding): Promise<Opened> {
  const first = await generator.next()
  if (first.done === true) throw new NotYieldedOnce("nothing")
  return {
    value: first.value,
    async close(failure) {
      const last = failure === undefined ? await generator.next() : await fail(generator, failure)
      if (last.done === true) return
      await generator.return(undefined)
      throw new NotYieldedOnce("twice")
    },
  }
}

/** Lets a generator hear of a failure, which is not its own if it lets it pass. */
async function fail(generator: Yielding, { error }: Failed): Promise<{ readonly done?: boolean }> {
  try {
    return await generator.throw(error)
  } catch (thrown) {
    if (thrown !== error) throw thrown
    return { done: true }
  }
}

function disposerOf(value: unknown): Opened["close"] {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined
  const { [Symbol.asyncDispose]: later, [Symbol.dispose]: now } = value as Partial<
    AsyncDisposable & Disposable
  >
  const dispose = later ?? now
  return typeof dispose === "function" ? async () => void (await dispose.call(value)) : undefined
}
