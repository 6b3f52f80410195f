import { formats } from "../formats.ts"
import { showLiterals } from "../literals.ts"
import { guardedPattern } from "../own-pattern.ts"
import type { Origin } from "../pattern.ts"
import { bounded, formatted, matching, multipleOf, sized } from "../phrases.ts"
import type { JsonSchema } from "../schema.ts"
import { admits, typeOf } from "../words.ts"
import { type Check, type CheckMaker, canonical, eighth, fail, spend } from "./check.ts"

/** Makes the check of `type`. */
export function typeCheck(schema: JsonSchema): Check | undefined {
  const { type } = schema
  if (Array.isArray(type)) {
    const names = type.map(String)
    const expected = names.join(" or ")
    return (value, run) => admits(names, typeOf(value)) || fail(run, expected, value)
  }
  switch (type) {
    case "string":
    case "boolean":
      return (value, run) => typeof value === type || fail(run, type, value)
    case "number":
      return (value, run) => (typeof value === "number" && Number.isFinite(value)) || fail(run, type, value)
    case "integer":
      return (value, run) => Number.isInteger(value) || fail(run, type, value)
    case "object":
      return (value, run) =>
        (typeof value === "object" && value !== null && !Array.isArray(value)) || fail(run, type, value)
    case "array":
      return (value, run) => Array.isArray(value) || fail(run, type, value)
    case "null":
      return (value, run) => value === null || fail(run, type, value)
    default:
      return undefined
  }
}

/** Makes the checks of `enum` and `const`. */
export const literalChecks: CheckMaker = (schema) => [
  Array.isArray(schema.enum) ? literalCheck(schema.enum) : undefined,
  Object.hasOwn(schema, "const") ? literalCheck([schema.const]) : undefined,
]

/** Makes the checks that apply to numbers only. */
export const numberChecks: CheckMaker = (schema) => [
  bound(schema.minimum, bounded(">=", schema.minimum), (value, limit) => value >= limit),
  bound(schema.exclusiveMinimum, bounded(">", schema.exclusiveMinimum), (value, limit) => value > limit),
  bound(schema.maximum, bounded("<=", schema.maximum), (value, limit) => value <= limit),
  bound(schema.exclusiveMaximum, bounded("<", schema.exclusiveMaximum), (value, limit) => value < limit),
  bound(schema.multipleOf, multipleOf(schema.multipleOf), isMultiple),
]

/** Makes the checks that apply to strings only. */
export const stringChecks: CheckMaker = (schema, { document }) => [
  lengthCheck(schema),
  patternCheck(schema.pattern, document.origin),
  formatCheck(schema.format),
]

/** Tells whether a number is a multiple of another one as they are written, in decimal digits. */
function isMultiple(value: number, divisor: number): boolean {
  if (Number.isInteger(value) && Number.isInteger(divisor)) return value % divisor === 0
  const quotient = value / divisor
  // 0.3 / 0.1 is 2.9999999999999996: what is a whole number but for the last digits was meant as one.
  return Math.abs(quotient - Math.round(quotient)) <= Math.abs(quotient) * Number.EPSILON * 4
}

function literalCheck(values: readonly unknown[]): Check {
  const simple = new Set<unknown>(values.filter((value) => typeof value !== "object" || value === null))
  const endless = { fuel: Number.POSITIVE_INFINITY, depth: 0, issues: undefined, path: [], tooDeep: false }
  const composed = new Set(
    values
      .filter((value) => typeof value === "object" && value !== null)
      .map((value) => canonical(value, endless)),
  )
  const expected = values.length === 0 ? "nothing, the list of values is empty" : showLiterals(values)
  return (value, run) => {
    // Texts that are equal are compared whole.
    if (typeof value === "string" && !spend(run, value.length >> 9)) return false
    if (simple.has(value)) return true
    const matches =
      composed.size > 0 && typeof value === "object" && value !== null && composed.has(canonical(value, run))
    return matches || fail(run, expected, value)
  }
}

function bound(
  limit: unknown,
  expected: string,
  holds: (value: number, limit: number) => boolean,
): Check | undefined {
  if (typeof limit !== "number") return undefined
  return (value, run) => typeof value !== "number" || holds(value, limit) || fail(run, expected, value)
}

function lengthCheck(schema: JsonSchema): Check | undefined {
  const least = typeof schema.minLength === "number" ? schema.minLength : 0
  const most = typeof schema.maxLength === "number" ? schema.maxLength : Number.POSITIVE_INFINITY
  if (least === 0 && most === Number.POSITIVE_INFINITY) return undefined
  const tooShort = sized("string", "at least", least)
  const tooLong = sized("string", "at most", most)
  return (value, run) => {
    if (typeof value !== "string") return true
    // A character outside the basic plane counts once but is two units long.
    const units = value.length
    if (units >= least * 2 && units <= most) return true
    if (!spend(run, eighth(units))) return false
    const length = codePoints(value)
    if (length < least) return fail(run, tooShort, value)
    return length <= most || fail(run, tooLong, value)
  }
}

function patternCheck(pattern: unknown, origin: Origin): Check | undefined {
  if (typeof pattern !== "string") return undefined
  const compiled = guardedPattern(pattern, origin)
  if ("problem" in compiled) return undefined
  const expected = matching(pattern)
  return (value, run) => typeof value !== "string" || compiled.test(value, run) || fail(run, expected, value)
}

function formatCheck(format: unknown): Check | undefined {
  const test = typeof format === "string" && Object.hasOwn(formats, format) ? formats[format] : undefined
  if (test === undefined) return undefined
  const expected = formatted(String(format))
  return (value, run) =>
    typeof value !== "string" ||
    (spend(run, eighth(value.length)) && test(value)) ||
    fail(run, expected, value)
}

function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
