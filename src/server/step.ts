import { type Jsonify, toJsonValue } from "../components/json-value.ts"
import { InvalidOption, quoted } from "../errors/server.ts"
import { InvalidStepKey } from "../errors/steps.ts"
import type { Call } from "../protocol/call.ts"
import type { StepInfo } from "../protocol/step.ts"

/**
 * Runs a step of a handler. What it gives is JSON from the first run on, so that all runs see the same.
 *
 * @throws {InvalidStepKey}
 * @throws {InvalidOption} There is nothing to run.
 */
export async function runStep<T>(
  call: Call,
  key: string,
  run: (info: StepInfo) => T,
): Promise<Jsonify<Awaited<T>>> {
  assertStepKey(key)
  if (typeof run !== "function")
    throw new InvalidOption(
      "The second argument of `ctx.step()`",
      quoted(run),
      "Give the function that does the work.",
    )
  const value = await call.exchange.step({
    key: `step/${key}`,
    name: key,
    by: call,
    run,
    toJson: (given) => (given === undefined ? undefined : toJsonValue(given, `step \`${key}\``)),
  })
  // What `toJsonValue` made of it, in this run or another.
  return value as Jsonify<Awaited<T>>
}

function assertStepKey(key: unknown): void {
  if (typeof key !== "string") throw new InvalidStepKey(`is of type \`${typeof key}\``)
  if (key === "" || key.length > 200) throw new InvalidStepKey(key === "" ? "is empty" : "is too long")
}
