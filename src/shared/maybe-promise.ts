/** A value now, or a promise of it: what stays synchronous costs no promise. */
export type MaybePromise<T> = T | Promise<T>

/** Goes on with a value as soon as it is there: at once if it is, so that synchronous work stays synchronous. */
export function andThen<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return value instanceof Promise ? value.then(next) : next(value)
}

/** Tells whether a value can be awaited, whoever made its promise. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function"
}

/** Does something whose result nobody waits for. What it throws or rejects with goes to `report`. */
export function attempt(run: () => MaybePromise<unknown>, report: (error: unknown) => void): void {
  try {
    const done = run()
    if (done instanceof Promise) done.catch(report)
  } catch (error) {
    report(error)
  }
}
