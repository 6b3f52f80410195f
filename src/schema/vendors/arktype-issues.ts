import { clip } from "../../shared/clip.ts"
import { expectedIssue, type Issue } from "../issue.ts"
import { unexpectedIssue } from "../issues.ts"
import { read } from "../peek.ts"
import { alternatives, bounded, matching, multipleOf, sized } from "../phrases.ts"
import type { IssueReader, Place } from "../vendor.ts"

/** Reads an issue of arktype. */
export const arktypeIssues: IssueReader = (issue, place) => {
  const inner = read(issue, "errors")
  const errors = Array.isArray(inner) ? inner : []
  if (read(issue, "code") === "intersection") return errors.flatMap((error) => arktypeIssues(error, place))
  if (read(issue, "code") === "union" && errors.length > 0) return [anyOf(errors, place)]
  if (read(issue, "expected") === "removed") return [unexpectedIssue(place.path)]
  return [expectedIssue(place.path, words(issue, place.value), place.value)]
}

function anyOf(errors: readonly unknown[], { path, value }: Place): Issue {
  return expectedIssue(path, alternatives(errors.slice(0, 20).map((error) => words(error, value))), value)
}

function words(issue: unknown, value: unknown): string {
  const rule = read(issue, "rule")
  const exclusive = read(issue, "exclusive") === true
  const kind = Array.isArray(value) ? "array" : "string"
  switch (read(issue, "code")) {
    case "minLength":
      return sized(kind, "at least", Number(rule))
    case "maxLength":
      return sized(kind, "at most", Number(rule))
    case "exactLength":
      return sized(kind, "exactly", Number(rule))
    case "min":
      return bounded(exclusive ? ">" : ">=", rule)
    case "max":
      return bounded(exclusive ? "<" : "<=", rule)
    case "divisor":
      return rule === 1 ? "integer" : multipleOf(rule)
    case "pattern":
      return String(read(issue, "expected")).startsWith("matched by")
        ? matching(clip(String(rule), 200))
        : plain(issue)
    default:
      return plain(issue)
  }
}

/** Takes the article from `a number`, so that all libraries name types alike. */
function plain(issue: unknown): string {
  const expected = String(read(issue, "expected")).replace(/(^| or )an? (?=\w)/g, "$1")
  return alternatives(expected.split(" or "))
}
