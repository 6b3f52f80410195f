import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { dereference } from "./dereference.ts"
import { resolveRefs } from "./refs.ts"
import type { JsonSchema } from "./schema.ts"
import { compileJsonSchema } from "./validators/eval-free.ts"

const by = { subject: "tool `x` input", origin: "own" } as const
const inline = (schema: JsonSchema) => dereference(schema, resolveRefs(schema, by))
const text = { type: "string" }

describe("dereference", () => {
  it("puts definitions in the place of references and drops them", () => {
    const schema = {
      type: "object",
      properties: { a: { $ref: "#/$defs/t" }, b: { $ref: "#/$defs/t" } },
      $defs: { t: text },
    }
    expect(inline(schema)).toEqual({ type: "object", properties: { a: text, b: text } })
  })

  it("goes through references to references", () => {
    const schema = {
      items: { $ref: "#/$defs/a" },
      $defs: { a: { items: { $ref: "#/definitions/b" } } },
      definitions: { b: text },
    }
    expect(inline(schema)).toEqual({ items: { items: text } })
  })

  it("returns a schema without references as it is, unused definitions included", () => {
    const schema = { if: { type: "string" }, $defs: { unused: text }, type: "object" }
    expect(inline(schema)).toBe(schema)
  })

  it("keeps recursion, and of the definitions only what it needs", () => {
    const node = {
      type: "object",
      properties: { next: { $ref: "#/$defs/node" }, label: { $ref: "#/$defs/t" } },
    }
    const schema = {
      properties: { root: { $ref: "#/$defs/node" }, t: { $ref: "#/$defs/t" } },
      $defs: { t: text, node },
    }
    expect(inline(schema)).toEqual({
      properties: { root: { $ref: "#/$defs/node" }, t: text },
      $defs: { node: { type: "object", properties: { next: { $ref: "#/$defs/node" }, label: text } } },
    })
  })

  it("returns a schema as it is when every reference is recursive", () => {
    const schema = { properties: { kids: { items: { $ref: "#" } } } }
    expect(inline(schema)).toBe(schema)
  })

  it("keeps references to the root while inlining others", () => {
    const schema = {
      properties: { kids: { items: { $ref: "#" } }, t: { $ref: "#/$defs/t" } },
      $defs: { t: text },
    }
    expect(inline(schema)).toEqual({ properties: { kids: { items: { $ref: "#" } }, t: text } })
  })

  it("keeps mutual recursion", () => {
    const $defs = { a: { items: { $ref: "#/$defs/b" } }, b: { items: { $ref: "#/$defs/a" } } }
    const schema = {
      properties: { p: { $ref: "#/$defs/a" }, t: { $ref: "#/$defs/t" } },
      $defs: { ...$defs, t: text },
    }
    expect(inline(schema)).toEqual({ properties: { p: { $ref: "#/$defs/a" }, t: text }, $defs })
  })

  it("resolves a root that is only a reference, also to something recursive", () => {
    const $defs = { node: { type: "object", properties: { next: { $ref: "#/$defs/node" } } } }
    expect(inline({ $ref: "#/$defs/node", $defs })).toEqual({ ...$defs.node, $defs })
  })

  it("lets what describes a reference win over the definition", () => {
    const schema = {
      items: { $ref: "#/$defs/t", description: "mine", default: "d" },
      $defs: { t: { type: "string", description: "its" } },
    }
    expect(inline(schema)).toEqual({ items: { type: "string", description: "mine", default: "d" } })
  })

  it("keeps keywords beside a reference apart from the definition's", () => {
    const schema = {
      items: { $ref: "#/$defs/o", properties: { b: text }, allOf: [{ required: ["b"] }] },
      $defs: { o: { properties: { a: text }, additionalProperties: false } },
    }
    expect(inline(schema)).toEqual({
      items: {
        properties: { b: text },
        allOf: [{ properties: { a: text }, additionalProperties: false }, { required: ["b"] }],
      },
    })
  })

  it("inlines `false`", () => {
    expect(inline({ items: { $ref: "#/$defs/no" }, $defs: { no: false } })).toEqual({
      items: { allOf: [false] },
    })
  })

  it("leaves properties alone that are named like keywords", () => {
    const properties = {
      $ref: { $ref: "#/$defs/t" },
      $defs: text,
      title: { $ref: "#/$defs/t" },
      discriminator: text,
    }
    expect(inline({ properties, $defs: { t: text } })).toEqual({
      properties: { $ref: text, $defs: text, title: text, discriminator: text },
    })
  })

  it("drops an anchor from copies, and names that only definitions have", () => {
    const schema = {
      items: { $ref: "#t" },
      $defs: { t: { $anchor: "t", type: "string", $defs: { inner: {} } } },
    }
    expect(inline(schema)).toEqual({ items: text })
  })

  it("leaves documents with embedded resources or dynamic references as they are", () => {
    const embedded = { items: { $ref: "T0" }, $defs: { t: { $id: "T0", type: "string" } } }
    const dynamic = { items: { $dynamicRef: "#n" }, $defs: { n: { $dynamicAnchor: "n" } } }
    expect([inline(embedded), inline(dynamic)]).toEqual([embedded, dynamic])
  })

  it("keeps what a kept reference needs below keywords that are none of JSON Schema", () => {
    const schema = {
      properties: { n: { $ref: "#/components/node" }, t: { $ref: "#/$defs/t" } },
      components: { node: { properties: { next: { $ref: "#/components/node" }, t: { $ref: "#/$defs/t" } } } },
      $defs: { t: text },
    }
    expect(inline(schema)).toEqual({ ...schema, properties: { n: { $ref: "#/components/node" }, t: text } })
  })

  it("requires the property a discriminator named, and drops the discriminator that names references", () => {
    const cat = { type: "object", properties: { kind: { const: "cat" } } }
    const dog = { type: "object", properties: { kind: { const: "dog" } }, required: ["kind"] }
    const schema = {
      oneOf: [{ $ref: "#/$defs/cat" }, { $ref: "#/$defs/dog" }],
      discriminator: { propertyName: "kind", mapping: { cat: "#/$defs/cat" } },
      $defs: { cat, dog },
    }
    expect(inline(schema)).toEqual({ oneOf: [{ ...cat, required: ["kind"] }, dog] })
  })

  it("keeps a large definition that is used twice as a definition", () => {
    const big = { type: "object", description: "x".repeat(3_000) }
    const schema = {
      properties: { a: { $ref: "#/$defs/big" }, b: { $ref: "#/$defs/big" }, t: { $ref: "#/$defs/t" } },
      $defs: { big, t: text },
    }
    expect(inline(schema)).toEqual({
      properties: { a: { $ref: "#/$defs/big" }, b: { $ref: "#/$defs/big" }, t: text },
      $defs: { big },
    })
  })

  it("inlines a large definition that is used once", () => {
    const big = { type: "object", description: "x".repeat(3_000) }
    expect(inline({ properties: { a: { $ref: "#/$defs/big" } }, $defs: { big } })).toEqual({
      properties: { a: big },
    })
  })

  it("grows by a bounded amount, however definitions multiply", () => {
    const $defs: { [name: string]: JsonSchema } = { d0: { type: "string", description: "some words" } }
    for (let at = 1; at < 60; at++)
      $defs[`d${at}`] = {
        properties: { a: { $ref: `#/$defs/d${at - 1}` }, b: { $ref: `#/$defs/d${at - 1}` } },
      }
    const schema = { properties: { p: { $ref: "#/$defs/d59" } }, $defs }
    expect(JSON.stringify(inline(schema)).length).toBeLessThan(JSON.stringify(schema).length + 40_000)
  })

  it("does not nest deeper than schemas may be", () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, at) => [`d${at}`, { items: { $ref: `#/$defs/d${at + 1}` } }]),
    )
    const schema = { items: { $ref: "#/$defs/d0" }, $defs: { ...$defs, d2000: text } }
    const depth = (value: unknown): number =>
      typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depth)) : 0
    expect(depth(inline(schema))).toBeLessThan(80)
  })

  it("does not change the schema it is given", () => {
    const schema = { items: { $ref: "#/$defs/t", title: "x" }, $defs: { t: text } }
    const before = structuredClone(schema)
    inline(schema)
    expect(schema).toEqual(before)
  })

  it("never changes a verdict", () => {
    const names = ["a", "b", "c"]
    const part = fc.letrec<{ part: JsonSchema }>((tie) => ({
      part: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom<JsonSchema>({ type: "string" }, { type: "number" }, { minLength: 2 }, {}),
        fc
          .constantFrom(...names)
          .map((name): JsonSchema => ({ properties: { x: { $ref: `#/$defs/${name}` } } })),
        fc
          .constantFrom(...names)
          .map((name): JsonSchema => ({ items: { $ref: `#/$defs/${name}`, minLength: 1 } })),
        fc.record({
          properties: fc.dictionary(fc.constantFrom("x", "y"), tie("part"), { noNullPrototype: true }),
        }),
        fc.array(tie("part"), { minLength: 1, maxLength: 2 }).map((anyOf): JsonSchema => ({ anyOf })),
        fc.array(tie("part"), { minLength: 1, maxLength: 2 }).map((allOf): JsonSchema => ({ allOf })),
      ),
    })).part
    const value = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom("", "ab", 1, null),
        fc.array(tie("value"), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom("x", "y"), tie("value"), { noNullPrototype: true }),
      ),
    })).value
    const compile = (json: JsonSchema) =>
      compileJsonSchema({ json, refs: resolveRefs(json, by), origin: "own" })
    fc.assert(
      fc.property(
        part,
        fc.tuple(part, part, part),
        fc.array(value, { minLength: 3, maxLength: 3 }),
        (root, [a, b, c], values) => {
          const schema = {
            ...root,
            properties: { root: { $ref: "#/$defs/a" }, ...(root.properties as object) },
            $defs: { a, b, c },
          }
          const [original, inlined] = [compile(schema), compile(inline(schema))]
          for (const each of values) {
            expect(inlined(each).ok).toBe(original(each).ok)
            expect(inlined({ root: each }).ok).toBe(original({ root: each }).ok)
          }
        },
      ),
      { numRuns: 200 },
    )
  }, 60_000)
})
