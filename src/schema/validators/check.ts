import { expectedIssue, type Issue } from "../issue.ts"
import { mostIssues } from "../issues.ts"
import type { Subschema } from "../keywords.ts"
import type { Fuel, Origin } from "../pattern.ts"
import type { Refs } from "../refs.ts"
import type { JsonSchema } from "../schema.ts"

/** A JSON Schema that was checked, with its references resolved: what a validator is made of. */
export interface Document {
  readonly json: JsonSchema
  readonly refs: Refs
  readonly origin: Origin
}

/** One validation: what it may still spend, and what it found. */
export interface Run {
  /** Steps left; below zero nothing counts any more. */
  fuel: number
  depth: number
  /** Where issues go; `undefined` asks only for the verdict, which ends at the first fault. */
  issues: Issue[] | undefined
  readonly path: (string | number)[]
  tooDeep: boolean
}

/** What the keywords beside an `unevaluatedProperties` or `unevaluatedItems` have looked at. */
export interface Seen {
  readonly names: Set<string>
  readonly indexes: Set<number>
  allNames: boolean
  allItems: boolean
}

/** Checks one value against one schema or keyword; `seen` is there only when somebody above asks for it. */
export type Check = (value: unknown, run: Run, seen: Seen | undefined) => boolean

/** What the makers of checks share while a schema is compiled. */
export interface Compiling {
  readonly document: Document
  readonly compile: (schema: Subschema) => Check
}

/** Makes the checks of some keywords of a schema. */
export type CheckMaker = (schema: JsonSchema, compiling: Compiling) => (Check | undefined)[]

/** Levels of a value that are looked into. */
const deepest = 512

/**
 * Takes steps for work that grows with a value or a list, and says whether there were as many. Whatever is done for one
 * step takes about as long: a hostile schema uses what costs most for what it pays.
 */
export function spend(run: Fuel, steps: number): boolean {
  run.fuel -= steps
  return run.fuel >= 0
}

/** Steps for work of which a little costs nothing: eight names looked up, eight characters looked at. */
export function eighth(count: number): number {
  return count >> 3
}

/** Steps that one issue takes, which describes a value and copies a path. */
const issueSteps = 32

/** Notes a fault, when somebody wants to know, and fails. */
export function fail(run: Run, expected: string, value: unknown): false {
  if (run.issues !== undefined && spend(run, issueSteps))
    run.issues.push(expectedIssue(run.path, expected, value))
  return false
}

/** Tells whether looking on changes nothing: only the verdict is asked for, or enough was found. */
export function isSettled(run: Run): boolean {
  return run.issues === undefined || run.issues.length >= mostIssues
}

/** Notes an issue made by the caller, and fails. */
export function failWith(run: Run, issue: () => Issue): false {
  if (run.issues !== undefined && spend(run, issueSteps)) run.issues.push(issue())
  return false
}

/** Checks a part of the value. */
// biome-ignore lint/complexity/useMaxParams: called for every part of every value; an object would be made each time.
export function descend(check: Check, value: unknown, step: string | number, run: Run): boolean {
  if (run.depth >= deepest) {
    run.tooDeep = true
    run.fuel = -1
    return false
  }
  run.depth++
  if (run.issues !== undefined) run.path.push(step)
  const valid = check(value, run, undefined)
  if (run.issues !== undefined) run.path.pop()
  run.depth--
  return valid
}

/** Asks a check for its verdict alone, whatever the run is doing. */
// biome-ignore lint/complexity/useMaxParams: called for every part of every value; an object would be made each time.
export function verdict(check: Check, value: unknown, run: Run, seen: Seen | undefined): boolean {
  const issues = run.issues
  run.issues = undefined
  const valid = check(value, run, seen)
  run.issues = issues
  return valid
}

/** Steps that a record takes, or a name in it. */
const seenSteps = 4

/** Starts a record of what was looked at. */
export function nothingSeen(run: Run): Seen {
  run.fuel -= seenSteps
  return { names: new Set(), indexes: new Set(), allNames: false, allItems: false }
}

/** Adds to a record what a valid branch has looked at. */
export function mergeSeen(into: Seen | undefined, from: Seen, run: Run): void {
  if (into === undefined || !spend(run, seenSteps * (from.names.size + from.indexes.size))) return
  for (const name of from.names) into.names.add(name)
  for (const index of from.indexes) into.indexes.add(index)
  into.allNames ||= from.allNames
  into.allItems ||= from.allItems
}

/** Tells whether a value is a JSON object. */
export function isRecord(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/**
 * Writes a value as a text that is equal for equal JSON, keys in order; spends fuel by size, so that comparing
 * all items of a list stays linear.
 */
export function canonical(value: unknown, run: Run): string {
  if (--run.fuel < 0) return ""
  if (Array.isArray(value)) return `[${value.map((item) => nested(item, run)).join(",")}]`
  if (typeof value === "string" && !spend(run, eighth(value.length))) return ""
  if (!isRecord(value)) return JSON.stringify(value) ?? "undefined"
  const entries = Object.keys(value)
  // They are compared as they are sorted: long ones that begin alike take long.
  const length = entries.reduce((sum, name) => sum + name.length, 0)
  if (!spend(run, 2 * entries.length + eighth(length))) return ""
  return `{${entries
    .sort()
    .map((name) => `${JSON.stringify(name)}:${nested(value[name], run)}`)
    .join(",")}}`
}

function nested(value: unknown, run: Run): string {
  if (run.depth >= deepest) {
    run.tooDeep = true
    run.fuel = -1
    return ""
  }
  run.depth++
  const text = canonical(value, run)
  run.depth--
  return text
}
