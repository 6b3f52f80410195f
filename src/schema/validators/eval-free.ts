import { type Issue, saidIssue, type Validated } from "../issue.ts"
import { boundIssues } from "../issues.ts"
import type { Subschema } from "../keywords.ts"
import type { Origin } from "../pattern.ts"
import type { JsonSchema } from "../schema.ts"
import { arrayChecks, unevaluatedItemsCheck } from "./array-checks.ts"
import {
  type Check,
  type Compiling,
  type Document,
  eighth,
  fail,
  isSettled,
  mergeSeen,
  nothingSeen,
  type Run,
  spend,
} from "./check.ts"
import { choiceChecks } from "./choice-checks.ts"
import { objectChecks, unevaluatedPropertiesCheck } from "./object-checks.ts"
import { literalChecks, numberChecks, stringChecks, typeCheck } from "./scalar-checks.ts"

// No library fits: those that need no code generation bound neither the steps nor the depth of a check, and a
// schema and a value of the same hostile peer can make them run for years.

/** Steps one validation may take, by whose schema it is: some tenths of a second. A list of 4 MiB needs up to 2 million. */
const fullTank = (origin: Origin): number => (origin === "own" ? 5_000_000 : 2_500_000)

/**
 * Compiles a JSON Schema to functions, without generating code, so that it runs on every runtime and may be
 * given schemas of peers: steps, depth and time of patterns are bounded. Verdicts are given without allocating;
 * only a value that fails is looked at again, to say why.
 *
 * @see JSON Schema 2020-12 core and validation
 */
export function compileJsonSchema(document: Document): (value: unknown) => Validated {
  const known = new Map<JsonSchema, Check>()
  const compiling: Compiling = {
    document,
    compile: (schema) => compileSubschema(schema, compiling, known),
  }
  const check = compiling.compile(document.json)
  const fuel = fullTank(document.origin)
  return (value) => {
    const run = start(fuel, undefined)
    if (attempt(check, value, run)) return { ok: true, value }
    if (run.fuel < 0) return { ok: false, issues: [exhausted(run, value)] }
    const issues: Issue[] = []
    attempt(check, value, start(fuel, issues))
    return {
      ok: false,
      issues: issues.length > 0 ? boundIssues(issues) : [saidIssue([], "is not valid", value)],
    }
  }
}

function compileSubschema(schema: Subschema, compiling: Compiling, known: Map<JsonSchema, Check>): Check {
  if (schema === true) return (_value, run) => --run.fuel >= 0
  if (schema === false) return (value, run) => fail(run, "nothing", value)
  const before = known.get(schema)
  if (before !== undefined) return before
  // Recursive schemas meet themselves while being compiled: they get this, which finds the check when it runs.
  known.set(schema, (value, run, seen) => known.get(schema)?.(value, run, seen) ?? false)
  const check = compileKeywords(schema, compiling)
  known.set(schema, check)
  return check
}

function compileKeywords(schema: JsonSchema, compiling: Compiling): Check {
  const type = typeCheck(schema)
  const makers = [literalChecks, numberChecks, stringChecks, objectChecks, arrayChecks, choiceChecks]
  const checks = makers.flatMap((maker) => maker(schema, compiling)).filter((check) => check !== undefined)
  const last = [
    unevaluatedPropertiesCheck(schema, compiling),
    unevaluatedItemsCheck(schema, compiling),
  ].filter((check) => check !== undefined)
  const all = allChecks(type, [...checks, ...last])
  if (last.length === 0) return all
  return (value, run, seen) => {
    const mine = nothingSeen(run)
    const valid = all(value, run, mine)
    if (valid) mergeSeen(seen, mine, run)
    return valid
  }
}

function allChecks(type: Check | undefined, checks: readonly Check[]): Check {
  const steps = 1 + eighth(checks.length)
  return (value, run, seen) => {
    if (!spend(run, steps)) return false
    // What is of the wrong type is wrong in no other way worth telling.
    if (type !== undefined && !type(value, run, seen)) return false
    let valid = true
    for (const check of checks) {
      if (check(value, run, seen)) continue
      if (isSettled(run)) return false
      valid = false
    }
    return valid
  }
}

function start(fuel: number, issues: Issue[] | undefined): Run {
  return { fuel, depth: 0, issues, path: [], tooDeep: false }
}

/** Runs a check to a verdict that counts only while there is fuel: a `not` turns giving up into success. */
function attempt(check: Check, value: unknown, run: Run): boolean {
  try {
    return check(value, run, undefined) && run.fuel >= 0
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    // The stack overflowed: many subschemas deep for each level of the value.
    run.tooDeep = true
    run.fuel = -1
    return false
  }
}

function exhausted(run: Run, value: unknown): Issue {
  return saidIssue([], run.tooDeep ? "is nested too deeply to check" : "takes too many steps to check", value)
}
