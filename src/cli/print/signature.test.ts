import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { plain } from "./output.ts"
import { promptSignature, toolSignature, typeText } from "./signature.ts"

const typeOf = (schema: unknown) => typeText(schema, schema, 0)

describe("the type of a schema", () => {
  it.each([
    [{ type: "string" }, "string"],
    [{ type: ["string", "null"] }, "string | null"],
    [{ enum: ["a", 1, null] }, '"a" | 1 | null'],
    [{ const: "x" }, '"x"'],
    [{ type: "array", items: { type: "integer" } }, "integer[]"],
    [{ type: "array", items: { anyOf: [{ type: "string" }, { type: "number" }] } }, "(string | number)[]"],
    [{ type: "object" }, "object"],
    [{ type: "object", properties: { a: { type: "string" } }, required: ["a"] }, "{ a: string }"],
    [{}, "any"],
    [true, "any"],
    [{ $ref: "#/$defs/a", $defs: { a: { type: "integer" } } }, "integer"],
    [{ $ref: "https://x.test/" }, "any"],
    [{ enum: ["a", "b", "c", "d", "e", "f", "g", "h"] }, '"a" | "b" | "c" | "d" | "e" | "f" | …'],
  ])("of %j is %s", (schema, text) => {
    expect(typeOf(schema)).toBe(text)
  })

  it("ends where a schema leads back to itself", () => {
    const schema = {
      $defs: { node: { type: "object", properties: { next: { $ref: "#/$defs/node" } } } },
      $ref: "#/$defs/node",
    }
    expect(typeOf(schema)).toBe("{ next?: { next?: { next?: object } } }")
  })

  it("is short for any schema, however many choices it has", () => {
    const wide = (depth: number): object =>
      depth === 0
        ? { type: "string" }
        : { anyOf: Array.from({ length: 50 }, (_, at) => ({ ...wide(depth - 1), title: at })) }
    expect(typeOf(wide(2)).length).toBeLessThan(200)
    fc.assert(
      fc.property(fc.jsonValue(), (schema) => {
        expect(typeof typeOf(schema)).toBe("string")
      }),
    )
  })
})

describe("signatures", () => {
  it("are written as code would declare them", () => {
    const inputSchema = {
      type: "object",
      properties: { a: { type: "number" }, b: { type: "number", default: 1 } },
      required: ["a"],
    }
    const tool = { name: "add\u001b[2J", inputSchema, outputSchema: { type: "number" } }
    expect(toolSignature(tool, plain)).toBe("add\\u{1b}[2J(a: number, b?: number = 1): number")
    expect(
      promptSignature(
        { name: "review", arguments: [{ name: "code", required: true }, { name: "x" }] },
        plain,
      ),
    ).toBe("review(code, x?)")
    expect(toolSignature({ name: "none" }, plain)).toBe("none()")
  })
})
