import { type Issue, saidIssue, type Validated } from "./issue.ts"
import { boundIssues } from "./issues.ts"
import { isAny, read } from "./peek.ts"
import type { IssueReader } from "./vendor.ts"
import { arktypeIssues } from "./vendors/arktype-issues.ts"
import { valibotIssues } from "./vendors/valibot-issues.ts"
import { zodIssues } from "./vendors/zod-issues.ts"

/** What a library refused, and why, in its own words. */
export interface Refusal {
  readonly issues: readonly unknown[]
  readonly value: unknown
  readonly vendor: string
}

/** Puts the issues of a library in our words. */
export function readIssues({ issues, value, vendor }: Refusal): Validated {
  const all = issues.slice(0, 100).flatMap((issue) => readIssue(issue, { value, vendor, base: [] }))
  return { ok: false, issues: all.length > 0 ? boundIssues(all) : [saidIssue([], "is not valid", value)] }
}

/** The verdict on a value that nobody can check. */
export function tooDeepIn(value: unknown): Validated {
  return { ok: false, issues: [saidIssue([], "is nested too deeply to check", value)] }
}

const readers: { readonly [vendor: string]: IssueReader } = {
  zod: zodIssues,
  valibot: valibotIssues,
  arktype: arktypeIssues,
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
  const reader = Object.hasOwn(readers, vendor) ? readers[vendor] : undefined
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
