import { describe, expect, it } from "vitest"
import * as z from "zod"
import { compileSchema } from "../schema/compile.ts"
import { toElicitationSchema } from "./elicitation-schema.ts"

const fieldOf = (schema: object) =>
  toElicitationSchema({ type: "object", properties: { f: schema } }).properties

describe("a field of a form", () => {
  it.each([
    [{ type: "string", minLength: 1, maxLength: 5, format: "email" }],
    [{ type: "string", title: "T", description: "D", default: "x" }],
    [{ type: "number", minimum: 0, maximum: 1 }],
    [{ type: "integer" }],
    [{ type: "boolean", default: false }],
    [{ type: "string", enum: ["a", "b"] }],
    [{ type: "string", oneOf: [{ const: "a", title: "A" }] }],
    [{ type: "array", minItems: 1, items: { type: "string", enum: ["a", "b"] } }],
    [{ type: "array", items: { anyOf: [{ const: "a", title: "A" }] } }],
  ])("can be %j", (field) => {
    expect(fieldOf(field)).toEqual({ f: field })
  })

  it("loses what only the answer is checked against", () => {
    expect(fieldOf({ type: "string", pattern: "^a", format: "uuid" })).toEqual({
      f: { type: "string" },
    })
    expect(fieldOf({ enum: ["a"] })).toEqual({ f: { type: "string", enum: ["a"] } })
    expect(fieldOf({ type: "string", const: "a" })).toEqual({ f: { type: "string", enum: ["a"] } })
  })

  it.each([
    [{ type: "object" }, "of type `object`"],
    [{ type: "array", items: { type: "string" } }, "an array of something else than choices"],
    [{ type: ["string", "null"] }, "a union"],
    [{ anyOf: [{ type: "string" }, { type: "number" }] }, "a union"],
    [true, "any value"],
    [{ type: "number", enum: [1, 2] }, "a choice of something else than texts"],
    [{ enum: ["a", null] }, "a choice of something else than texts"],
    [{ type: "array", items: { enum: [1] } }, "an array of something else than choices"],
  ])("cannot be %j", (field, what) => {
    expect(() => fieldOf(field as object)).toThrow(
      expect.objectContaining({
        code: "NOT_A_FORM",
        message: expect.stringContaining(`\`f\` of the elicitation is ${what}`),
      }),
    )
  })

  it("follows from a schema of a library", () => {
    const schema = z.object({ name: z.string(), size: z.enum(["s", "m"]).default("m") })
    const { json } = compileSchema(schema, { side: "input", subject: "form", root: "object" })
    expect(toElicitationSchema(json)).toEqual({
      type: "object",
      properties: { name: { type: "string" }, size: { type: "string", enum: ["s", "m"], default: "m" } },
      required: ["name"],
    })
  })
})
