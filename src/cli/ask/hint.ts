import type { Json } from "../client/dialogue.ts"

/** Formats that a form may ask for. */
const formats: { readonly [format: string]: string } = {
  date: "a date, such as 2026-12-31",
  "date-time": "a date and time, such as 2026-12-31T18:30:00Z",
  email: "an email address, such as ada@example.com",
  uri: "a URL, such as https://example.com",
}

/** What is said in no such words. */
const others = ["pattern", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"]

/**
 * Says in the words of a person what a schema takes, such as `a whole number from 1 to 12`; `undefined` where that would
 * not be all of it, or anything is taken.
 */
export function hintOf(schema: Json): string | undefined {
  if (others.some((keyword) => schema[keyword] !== undefined)) return undefined
  switch (schema.type) {
    case "integer":
      return joined("a whole number", rangeOf(schema.minimum, schema.maximum))
    case "number":
      return joined("a number", rangeOf(schema.minimum, schema.maximum))
    case "string":
      return hintOfText(schema)
    default:
      return undefined
  }
}

function hintOfText({ format, minLength, maxLength }: Json): string | undefined {
  const length = rangeOf(minLength, maxLength)
  if (format === undefined) return length === undefined ? undefined : `${length} characters`
  const isKnown = typeof format === "string" && Object.hasOwn(formats, format) && length === undefined
  return isKnown ? formats[format] : undefined
}

function rangeOf(least: unknown, most: unknown): string | undefined {
  if (typeof least === "number" && typeof most === "number") return `from ${least} to ${most}`
  if (typeof least === "number") return `at least ${least}`
  return typeof most === "number" ? `at most ${most}` : undefined
}

function joined(noun: string, range: string | undefined): string {
  return range === undefined ? noun : `${noun}, ${range}`
}
