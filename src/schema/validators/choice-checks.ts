import { expectedIssue, type Issue, saidIssue } from "../issue.ts"
import { isObject, isSubschema, type Subschema } from "../keywords.ts"
import { showLiterals } from "../literals.ts"
import type { Refs } from "../refs.ts"
import { admits, literalsOf, typeOf, typesOf, wordsOf } from "../words.ts"
import {
  type Check,
  type CheckMaker,
  fail,
  isRecord,
  mergeSeen,
  nothingSeen,
  type Run,
  spend,
  verdict,
} from "./check.ts"

/** Makes the checks of the keywords that apply other schemas to the same value. */
export const choiceChecks: CheckMaker = (schema, compiling) => {
  const { compile, document } = compiling
  const target = document.refs.targets.get(schema)
  return [
    target === undefined ? undefined : refCheck(target.schema, compile),
    ...listOf(schema.allOf).map(compile),
    anyOfCheck(branchesFor(listOf(schema.anyOf), compile, document.refs)),
    oneOfCheck(branchesFor(listOf(schema.oneOf), compile, document.refs)),
    isSubschema(schema.not) ? notCheck(compile(schema.not), wordsOf(schema.not, document.refs)) : undefined,
    conditionCheck(schema, compile),
  ]
}

/** Compiles what a reference leads to when a value comes there: a long row of references would exhaust the stack. */
function refCheck(schema: Subschema, compile: (schema: Subschema) => Check): Check {
  let check: Check | undefined
  return (value, run, seen) => {
    check ??= compile(schema)
    return check(value, run, seen)
  }
}

/** A branch of a choice, with what tells it from the others. */
interface Branch {
  readonly check: Check
  readonly words: string
  readonly types: readonly string[] | undefined
  /** Properties that this branch pins to literals: the first few, since one is what tells branches apart. */
  readonly marks: ReadonlyMap<string, readonly unknown[]>
}

const mostMarks = 16

function branchesFor(
  schemas: readonly Subschema[],
  compile: (schema: Subschema) => Check,
  refs: Refs,
): Branch[] {
  return schemas.map((schema) => ({
    check: compile(schema),
    words: wordsOf(schema, refs),
    types: typesOf(schema, refs),
    marks: marksOf(schema, refs),
  }))
}

function marksOf(schema: Subschema, refs: Refs): Branch["marks"] {
  const marks = new Map<string, readonly unknown[]>()
  const object = typeof schema === "object" ? (refs.targets.get(schema)?.schema ?? schema) : schema
  if (typeof object === "boolean" || !isObject(object.properties)) return marks
  for (const name of Object.keys(object.properties)) {
    const property = object.properties[name]
    const literals = isObject(property) ? literalsOf(property) : undefined
    if (literals !== undefined) marks.set(name, literals)
    if (marks.size === mostMarks) break
  }
  return marks
}

function anyOfCheck(branches: readonly Branch[]): Check | undefined {
  if (branches.length === 0) return undefined
  return (value, run, seen) => {
    let valid = false
    for (const { check } of branches) {
      const mine = seen === undefined ? undefined : nothingSeen(run)
      if (!verdict(check, value, run, mine)) continue
      valid = true
      if (mine === undefined) return true
      mergeSeen(seen, mine, run)
    }
    return valid || explain(branches, value, run)
  }
}

function oneOfCheck(branches: readonly Branch[]): Check | undefined {
  if (branches.length === 0) return undefined
  return (value, run, seen) => {
    let matches = 0
    for (const { check } of branches) {
      const mine = seen === undefined ? undefined : nothingSeen(run)
      if (!verdict(check, value, run, mine)) continue
      matches++
      if (mine !== undefined) mergeSeen(seen, mine, run)
    }
    if (matches === 1) return true
    if (matches === 0) return explain(branches, value, run)
    run.issues?.push(saidIssue(run.path, `matches ${matches} alternatives where one must match`, value))
    return false
  }
}

function notCheck(check: Check, words: string): Check {
  const expected = words === "a value" ? "a value that `not` does not describe" : `anything but ${words}`
  return (value, run) => !verdict(check, value, run, undefined) || fail(run, expected, value)
}

function conditionCheck(
  schema: { readonly [keyword: string]: unknown },
  compile: (schema: Subschema) => Check,
): Check | undefined {
  if (!isSubschema(schema.if)) return undefined
  const condition = compile(schema.if)
  const whenTrue = isSubschema(schema.then) ? compile(schema.then) : undefined
  const whenFalse = isSubschema(schema.else) ? compile(schema.else) : undefined
  return (value, run, seen) => {
    const mine = seen === undefined ? undefined : nothingSeen(run)
    const met = verdict(condition, value, run, mine)
    if (met && mine !== undefined) mergeSeen(seen, mine, run)
    const next = met ? whenTrue : whenFalse
    return next === undefined || next(value, run, seen)
  }
}

/** Says of a choice that no branch accepts what the likeliest branch finds wrong. */
function explain(branches: readonly Branch[], value: unknown, run: Run): false {
  const steps = branches.reduce((sum, { marks }) => sum + stepsOf(marks), 0)
  if (run.issues === undefined || !spend(run, steps)) return false
  const ofType = branches.filter(({ types }) => types === undefined || admits(types, typeOf(value)))
  if (ofType.length === 0) {
    return fail(run, [...new Set(branches.map(({ words }) => words))].join(" or "), value)
  }
  const marked = ofType.filter(({ marks }) => [...marks].every((mark) => carries(value, mark)))
  const wrongMark = marked.length === 0 ? sharedMark(ofType) : undefined
  if (wrongMark !== undefined && isRecord(value)) {
    const [name, literals] = wrongMark
    run.issues.push(expectedIssue([...run.path, name], showLiterals(literals), value[name]))
    return false
  }
  run.issues.push(...fewestIssues(marked.length > 0 ? marked : ofType, value, run))
  return false
}

/** What it takes to look for the likeliest of branches, for one of them. */
function stepsOf(marks: Branch["marks"]): number {
  let steps = 4
  for (const literals of marks.values()) steps += 1 + literals.length
  return steps
}

function carries(value: unknown, [name, literals]: Mark): boolean {
  return isRecord(value) && Object.hasOwn(value, name) && literals.includes(value[name])
}

type Mark = readonly [name: string, literals: readonly unknown[]]

/** The property that every branch pins, with all its literals. */
function sharedMark(branches: readonly Branch[]): Mark | undefined {
  if (branches.length < 2) return undefined
  for (const name of branches[0]?.marks.keys() ?? []) {
    const each = branches.map(({ marks }) => marks.get(name))
    if (!each.includes(undefined)) return [name, [...new Set(each.flatMap((literals) => literals ?? []))]]
  }
  return undefined
}

function fewestIssues(branches: readonly Branch[], value: unknown, run: Run): readonly Issue[] {
  const kept = run.issues
  let best: readonly Issue[] | undefined
  for (const { check } of branches) {
    const issues: Issue[] = []
    run.issues = issues
    check(value, run, undefined)
    if (issues.length > 0 && (best === undefined || issues.length < best.length)) best = issues
  }
  run.issues = kept
  return best ?? [saidIssue(run.path, "matches none of the alternatives", value)]
}

function listOf(value: unknown): readonly Subschema[] {
  return Array.isArray(value) ? value.filter(isSubschema) : []
}
