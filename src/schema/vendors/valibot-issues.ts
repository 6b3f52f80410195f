import { clip } from "../../shared/clip.ts"
import { expectedIssue, saidIssue } from "../issue.ts"
import { unexpectedIssue } from "../issues.ts"
import { read } from "../peek.ts"
import { alternatives, bounded, formatted, matching, multipleOf, sized } from "../phrases.ts"
import type { IssueReader } from "../vendor.ts"

/** Reads an issue of valibot. */
export const valibotIssues: IssueReader = (issue, { path, value }) => {
  const said = String(read(issue, "message"))
  const expected = read(issue, "expected")
  // What is no standard sentence was written by the author of the schema, who knows better.
  if (!said.startsWith("Invalid ")) return [saidIssue(path, said, value)]
  if (said.startsWith("Invalid key: Expected never")) return [unexpectedIssue(path)]
  if (said.startsWith("Invalid key: ") && value === undefined) return [expectedIssue(path, "a value", value)]
  const words = read(issue, "kind") === "validation" ? validation(issue, value) : undefined
  if (words !== undefined) return [expectedIssue(path, words, value)]
  return [
    typeof expected === "string"
      ? expectedIssue(path, typeWords(expected), value)
      : saidIssue(path, said, value),
  ]
}

/** Turns `(string | Object)` into `string or object`. */
function typeWords(expected: string): string {
  const names = expected.replace(/^\((.*)\)$/s, "$1").split(" | ")
  const lower = names.map((name) => (["Object", "Array"].includes(name) ? name.toLowerCase() : name))
  return clip(alternatives(lower), 200)
}

function validation(issue: unknown, value: unknown): string | undefined {
  const requirement = read(issue, "requirement")
  const type = String(read(issue, "type"))
  const kind = Array.isArray(value) ? "array" : typeof value
  switch (type) {
    case "min_length":
    case "max_length":
    case "length":
      return sized(kind, lengths[type] ?? "exactly", Number(requirement))
    case "non_empty":
      return sized(kind, "at least", 1)
    case "min_value":
    case "max_value":
    case "gt_value":
    case "lt_value":
      return typeof requirement === "number" ? bounded(signs[type] ?? ">=", requirement) : undefined
    case "multiple_of":
      return multipleOf(requirement)
    case "integer":
    case "safe_integer":
      return "integer"
    case "regex":
      return requirement instanceof RegExp ? matching(clip(requirement.source, 200)) : undefined
    case "starts_with":
      return `string starting with ${JSON.stringify(requirement)}`
    case "ends_with":
      return `string ending with ${JSON.stringify(requirement)}`
    case "check":
    case "raw_check":
    case "partial_check":
      return undefined
    default:
      return typeof read(issue, "expected") === "string" ? undefined : formatted(formats[type] ?? type)
  }
}

const lengths: { readonly [type: string]: "at least" | "at most" } = {
  min_length: "at least",
  max_length: "at most",
}
const signs: { readonly [type: string]: ">=" | "<=" | ">" | "<" } = {
  min_value: ">=",
  max_value: "<=",
  gt_value: ">",
  lt_value: "<",
}
const formats: { readonly [type: string]: string } = {
  url: "uri",
  iso_date: "date",
  iso_time: "time",
  iso_timestamp: "date-time",
  iso_date_time: "date-time",
}
