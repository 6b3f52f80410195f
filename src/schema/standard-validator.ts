import type { StandardSchemaV1 } from "@standard-schema/spec"
import { andThen, type MaybePromise } from "../shared/maybe-promise.ts"
import type { Validated } from "./issue.ts"
import type { Refusal } from "./read-issues.ts"

type Verdict = StandardSchemaV1.Result<unknown>

/** Makes the validator of a Standard Schema: its library's own, synchronous whenever that is. */
export function standardValidator(
  standard: StandardSchemaV1.Props,
): (value: unknown) => Validated | Promise<Validated> {
  const { vendor } = standard
  return (value) => {
    try {
      const verdict = standard.validate(value)
      if (!isPromise(verdict)) return judge(verdict, value, vendor)
      return verdict.then((later) => judge(later, value, vendor)).catch((error) => tooDeep(error, value))
    } catch (error) {
      return tooDeep(error, value)
    }
  }
}

/** A recursive schema follows a value to any depth: what overflows its stack is a bad value, not a bug. */
function tooDeep(error: unknown, value: unknown): MaybePromise<Validated> {
  if (!(error instanceof RangeError) || !/call stack/i.test(error.message)) throw error
  return andThen(wording(), ({ tooDeepIn }) => tooDeepIn(value))
}

function judge(verdict: Verdict, value: unknown, vendor: string): MaybePromise<Validated> {
  if (!verdict.issues) return { ok: true, value: verdict.value }
  const refused: Refusal = { issues: verdict.issues, value, vendor }
  // Most values are good: what words the others is loaded when the first one comes.
  return andThen(wording(), ({ readIssues }) => readIssues(refused))
}

let loaded: typeof import("./read-issues.ts") | undefined

function wording(): MaybePromise<typeof import("./read-issues.ts")> {
  return loaded ?? loadWording()
}

/** Loads what puts the issues of libraries in our words; until then the first bad value is answered a little later. */
export async function loadWording(): Promise<typeof import("./read-issues.ts")> {
  loaded = await import("./read-issues.ts")
  return loaded
}

function isPromise(value: Verdict | Promise<Verdict>): value is Promise<Verdict> {
  return value instanceof Promise || ("then" in value && typeof value.then === "function")
}
