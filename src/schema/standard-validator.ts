import type { StandardSchemaV1 } from "@standard-schema/spec"
import { boundIssues, type Issue, saidIssue, type Validated } from "./issue.ts"
import { isAny, read } from "./peek.ts"
import { vendorOf } from "./vendors.ts"

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
function tooDeep(error: unknown, value: unknown): Validated {
  if (!(error instanceof RangeError) || !/call stack/i.test(error.message)) throw error
  return { ok: false, issues: [saidIssue([], "is nested too deeply to check", value)] }
}

function judge(verdict: Verdict, value: unknown, vendor: string): Validated {
  if (!verdict.issues) return { ok: true, value: verdict.value }
  const issues = verdict.issues
    .slice(0, 100)
    .flatMap((issue) => readIssue(issue, { value, vendor, base: [] }))
  return {
    ok: false,
    issues: issues.length > 0 ? boundIssues(issues) : [saidIssue([], "is not valid", value)],
  }
}

interface Reading {
  readonly value: unknown
  readonly vendor: string
  readonly base: readonly (string | number)[]
}

function readIssue(issue: unknown, { value, vendor, base }: Reading): readonly Issue[] {
  const path = [...base, ...pathOf(issue)]
  const place = {
    path,
    value: valueAt(value, path),
    inside: (inner: unknown) => readIssue(inner, { value, vendor, base: path }),
  }
  const reader = vendorOf(vendor)?.issues
  return reader === undefined
    ? [saidIssue(path, String(read(issue, "message")), place.value)]
    : reader(issue, place)
}

/** Reads a path whose steps may be keys, or objects that hold one. */
function pathOf(issue: unknown): readonly (string | number)[] {
  const path = read(issue, "path")
  if (!Array.isArray(path)) return []
  // Spread, since the list of arktype is of a class whose methods make another list.
  return [...path].slice(0, 100).map((step) => {
    const key: unknown = typeof step === "object" && step !== null ? read(step, "key") : step
    return typeof key === "number" ? key : String(key)
  })
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  let current = value
  for (const step of path) {
    if (!isAny(current) || !Object.hasOwn(current, step)) return undefined
    current = current[step]
  }
  return current
}

function isPromise(value: Verdict | Promise<Verdict>): value is Promise<Verdict> {
  return value instanceof Promise || ("then" in value && typeof value.then === "function")
}
