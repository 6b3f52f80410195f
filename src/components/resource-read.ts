import { andThen, isThenable, type MaybePromise } from "../shared/maybe-promise.ts"
import type { ReadResourceResult } from "../spec/index.ts"
import { type InputRequired, isInputRequired } from "./input-required.ts"
import type { ReadOptions } from "./resource-result.ts"

/** Turns what the handler of a resource or template gives into a result. */
export function finishRead(
  given: unknown,
  options: ReadOptions,
): MaybePromise<ReadResourceResult | InputRequired> {
  const finish = (value: unknown): MaybePromise<ReadResourceResult | InputRequired> =>
    isInputRequired(value)
      ? value
      : andThen(loaded ?? loadReading(), ({ toReadResourceResult }) => toReadResourceResult(value, options))
  return isThenable(given) ? Promise.resolve(given).then(finish) : finish(given)
}

let loaded: typeof import("./resource-result.ts") | undefined

/** Loads what makes contents of values, which servers without resources do not need. */
export async function loadReading(): Promise<typeof import("./resource-result.ts")> {
  loaded = await import("./resource-result.ts")
  return loaded
}
