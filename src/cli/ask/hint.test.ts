import { describe, expect, it } from "vitest"
import { hintOf } from "./hint.ts"

describe("a hint", () => {
  it.each([
    [{ type: "integer", minimum: 1, maximum: 12 }, "a whole number, from 1 to 12"],
    [{ type: "number", maximum: 2.5 }, "a number, at most 2.5"],
    [{ type: "integer" }, "a whole number"],
    [{ type: "string", minLength: 2 }, "at least 2 characters"],
    [{ type: "string", format: "date" }, "a date, such as 2026-12-31"],
    [{ type: "string", format: "email" }, "an email address, such as ada@example.com"],
  ])("says in plain words what %j takes", (schema, hint) => {
    expect(hintOf(schema)).toBe(hint)
  })

  it.each([
    [{ type: "string" }],
    [{}],
    [{ type: "string", minLength: 2, pattern: "^a" }],
    [{ type: "string", format: "email", maxLength: 9 }],
    [{ type: "string", format: "constructor" }],
    [{ type: "integer", exclusiveMinimum: 0 }],
  ])("is none where it would not say all of %j", (schema) => {
    expect(hintOf(schema)).toBeUndefined()
  })
})
