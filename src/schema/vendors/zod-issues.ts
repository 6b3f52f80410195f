import { clip } from "../../shared/clip.ts"
import { expectedIssue, type Issue, saidIssue } from "../issue.ts"
import { unexpectedIssue } from "../issues.ts"
import { showLiterals } from "../literals.ts"
import { read } from "../peek.ts"
import { bounded, formatted, matching, multipleOf, sized } from "../phrases.ts"
import type { IssueReader, Place } from "../vendor.ts"

/** Reads an issue of zod 4. */
export const zodIssues: IssueReader = (issue, place) => {
  const said = String(read(issue, "message"))
  if (read(issue, "code") === "unrecognized_keys") return unexpectedKeys(issue, place)
  // What is no standard sentence was written by the author of the schema, who knows better.
  if (!/^(?:Invalid|Too small|Too big|Unrecognized)\b/.test(said))
    return [saidIssue(place.path, said, place.value)]
  if (read(issue, "code") === "invalid_union") return unionIssues(issue, place)
  const expected = expectation(issue)
  return [
    expected === undefined
      ? saidIssue(place.path, said, place.value)
      : expectedIssue(place.path, expected, place.value),
  ]
}

function expectation(issue: unknown): string | undefined {
  switch (read(issue, "code")) {
    case "invalid_type":
      return typeName(String(read(issue, "expected")))
    case "invalid_value":
      return literals(read(issue, "values"))
    case "too_small":
      return limit(issue, { bound: "at least", value: read(issue, "minimum") })
    case "too_big":
      return limit(issue, { bound: "at most", value: read(issue, "maximum") })
    case "not_multiple_of":
      return multipleOf(read(issue, "divisor"))
    case "invalid_format":
      return format(issue)
    default:
      return undefined
  }
}

function typeName(expected: string): string {
  const names: { readonly [name: string]: string } = { int: "integer", safeint: "integer", record: "object" }
  return Object.hasOwn(names, expected) ? (names[expected] ?? expected) : expected
}

function limit(issue: unknown, { bound, value }: { bound: "at least" | "at most"; value: unknown }): string {
  const origin = typeName(String(read(issue, "origin")))
  if (["string", "array", "object", "set", "map", "file"].includes(origin)) {
    return sized(origin, read(issue, "exact") === true ? "exactly" : bound, Number(value))
  }
  const inclusive = read(issue, "inclusive") !== false
  if (bound === "at least") return bounded(inclusive ? ">=" : ">", value)
  return bounded(inclusive ? "<=" : "<", value)
}

function format(issue: unknown): string {
  const name = String(read(issue, "format"))
  switch (name) {
    case "regex":
      return matching(clip(String(read(issue, "pattern")).replace(/^\/|\/[a-z]*$/g, ""), 200))
    case "starts_with":
      return `string starting with ${JSON.stringify(read(issue, "prefix"))}`
    case "ends_with":
      return `string ending with ${JSON.stringify(read(issue, "suffix"))}`
    case "includes":
      return `string containing ${JSON.stringify(read(issue, "includes"))}`
    case "datetime":
      return formatted("date-time")
    case "url":
      return formatted("uri")
    default:
      return formatted(name)
  }
}

function literals(values: unknown): string | undefined {
  return Array.isArray(values) ? showLiterals(values) : undefined
}

function unexpectedKeys(issue: unknown, { path }: Place): Issue[] {
  const keys = read(issue, "keys")
  return (Array.isArray(keys) ? keys : []).slice(0, 20).map((key) => unexpectedIssue([...path, String(key)]))
}

/** Tells what the likeliest branch of a union finds wrong, or which types all of them want. */
function unionIssues(issue: unknown, place: Place): Issue[] {
  const options = literals(read(issue, "options"))
  if (options !== undefined) return [expectedIssue(place.path, options, place.value)]
  const errors = read(issue, "errors")
  const branches = Array.isArray(errors) ? errors.filter(Array.isArray) : []
  const ofType = branches.filter((branch) => !branch.some(isRootType))
  const [best] = ofType.sort((one, other) => one.length - other.length)
  if (best !== undefined) return best.flatMap((inner) => place.inside(inner))
  const wanted = branches.flatMap((branch) => branch.map((inner: unknown) => expectation(inner)))
  const words = [...new Set(wanted)].filter((each) => each !== undefined)
  if (words.length > 0) return [expectedIssue(place.path, words.join(" or "), place.value)]
  return [saidIssue(place.path, "matches none of the alternatives", place.value)]
}

function isRootType(issue: unknown): boolean {
  const path = read(issue, "path")
  return (
    Array.isArray(path) &&
    path.length === 0 &&
    ["invalid_type", "invalid_value"].includes(String(read(issue, "code")))
  )
}
