import { TooManyYields } from "../errors/returned.ts"
import type { Yielding } from "./is-yielding.ts"

/** How many values are collected from one generator. */
export const MAX_YIELDS: number = 10_000

/**
 * Collects what a handler's generator yields, and what it returns unless that is `undefined`. The generator is
 * closed, so that its `finally` runs, when it yields too much or the call is aborted. Throws the reason of the
 * signal, at once when that is aborted.
 *
 * @param subject who yields, for the message, such as "tool `add`"
 * @throws {TooManyYields} beyond {@link MAX_YIELDS}
 */
export async function collectYields(
  generator: Yielding,
  signal: AbortSignal,
  subject: string,
): Promise<readonly unknown[]> {
  const aborted = whenAborted(signal)
  const values: unknown[] = []
  try {
    signal.throwIfAborted()
    for (;;) {
      const step = await Promise.race([generator.next(), aborted.promise])
      if (step.value !== undefined || step.done !== true) values.push(step.value)
      if (step.done === true) return values
      if (values.length >= MAX_YIELDS) throw new TooManyYields(subject, MAX_YIELDS)
    }
  } catch (error) {
    close(generator)
    throw error
  } finally {
    aborted.release()
  }
}

/** A generator that waits for something may close late, so nobody waits for it. */
function close(generator: Yielding): void {
  void Promise.resolve()
    .then(() => generator.return(undefined))
    // The call has failed with a reason of its own; what the generator's clean-up throws cannot change it.
    .catch(() => undefined)
}

interface Aborted {
  readonly promise: Promise<never>
  readonly release: () => void
}

function whenAborted(signal: AbortSignal): Aborted {
  const { promise, reject } = withRejection()
  const abort = (): void => reject(signal.reason)
  signal.addEventListener("abort", abort, { once: true })
  return { promise, release: () => signal.removeEventListener("abort", abort) }
}

function withRejection(): { readonly promise: Promise<never>; readonly reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => undefined
  const promise = new Promise<never>((_, fail) => {
    reject = fail
  })
  // An abort after the last step is nobody's to handle.
  promise.catch(() => undefined)
  return { promise, reject }
}
