import { describe, expect } from "vitest"
import * as z from "zod"
import { tool } from "../../../src/components/tool.ts"
import { InexpressibleSchema } from "../../../src/errors/schema.ts"
import type { JsonSchema } from "../../../src/schema/schema.ts"
import { resultOf } from "../../support/post.ts"
import { rpc } from "../../support/rpc.ts"
import { quietServer } from "../../support/server.ts"
import { requirement } from "../register.ts"

describe("schemas", () => {
  const list = async (input: JsonSchema, dereference = true) => {
    const mcp = quietServer({ dereference })
    mcp.tool({ name: "t", input }, () => 1)
    const { tools } = await resultOf(mcp, rpc("tools/list"))
    return (tools as readonly { readonly inputSchema: unknown }[])[0]?.inputSchema
  }

  requirement("S-160", "refuses a dialect that it cannot read", () => {
    const input = { $schema: "https://example.com/dialect", type: "object" }
    expect(() => tool({ name: "t", input }, () => 1)).toThrow("dialect")
  })

  requirement("S-160", "converts an older dialect and says so", async () => {
    const $schema = "http://json-schema.org/draft-07/schema#"
    const draft7 = {
      $schema,
      type: "object",
      properties: { a: { $ref: "#/definitions/a" } },
      definitions: { a: { type: "string" } },
    }
    expect(JSON.stringify(await list(draft7, false))).toMatch(/"\$defs"/)
    expect(JSON.stringify(await list(draft7, false))).not.toMatch(/draft-07|"definitions"/)
  })

  requirement("S-161", "gives every tool an input schema of `type: object`", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "none" }, () => 1)
    const union = z.union([z.object({ a: z.string() }), z.object({ b: z.string() })])
    mcp.tool({ name: "union", input: union }, () => 1)
    const { tools } = await resultOf(mcp, rpc("tools/list"))
    expect(tools).toMatchObject([
      { inputSchema: { type: "object", additionalProperties: false } },
      { inputSchema: { type: "object" } },
    ])
  })

  requirement("S-161", "refuses an input that is no object", () => {
    expect(() => tool({ name: "t", input: z.string() as never }, () => 1)).toThrow(InexpressibleSchema)
    expect(() => tool({ name: "t", input: { type: "array" } }, () => 1)).toThrow("object")
  })

  requirement("S-162", "refuses a `$ref` that leads out of the schema, and fetches nothing", () => {
    const input = { type: "object", properties: { a: { $ref: "https://example.com/a.json" } } }
    expect(() => tool({ name: "t", input }, () => 1)).toThrow("`$ref`")
  })

  requirement("S-163", "refuses a schema that is too deep", () => {
    let deep: JsonSchema = { type: "string" }
    for (let level = 0; level < 200; level++) deep = { type: "object", properties: { a: deep } }
    expect(() => tool({ name: "t", input: deep }, () => 1)).toThrow("too large")
  })

  requirement("S-164", "lists a schema of 2020-12 as it was written", async () => {
    const input = {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      $defs: { address: { $anchor: "addressDef", type: "object", properties: { city: { type: "string" } } } },
      properties: {
        address: { $ref: "#/$defs/address" },
        phone: { type: "string" },
        email: { type: "string" },
      },
      allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
      if: { required: ["phone"] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
      then: { required: ["address"] },
      else: { required: ["email"] },
      additionalProperties: false,
    } as const
    expect(await list(input, false)).toEqual(input)
  })

  const headers: readonly (readonly [
    what: string,
    input: JsonSchema,
    headers: { [name: string]: string },
  ])[] = [
    ["an empty name", { type: "object", properties: { a: { type: "string" } } }, { a: "" }],
    ["a name with a space", { type: "object", properties: { a: { type: "string" } } }, { a: "A B" }],
    ["a name with a line break", { type: "object", properties: { a: { type: "string" } } }, { a: "A\r\nB" }],
    [
      "one name twice but for case",
      { type: "object", properties: { a: { type: "string" }, b: { type: "string" } } },
      { a: "X", b: "x" },
    ],
    ["a number", { type: "object", properties: { a: { type: "number" } } }, { a: "A" }],
    ["an object", { type: "object", properties: { a: { type: "object" } } }, { a: "A" }],
    ["an unknown argument", { type: "object", properties: { a: { type: "string" } } }, { b: "B" }],
  ]
  for (const [what, input, declared] of headers) {
    requirement("S-155 S-157", `refuses a header for ${what}`, () => {
      expect(() => tool({ name: "t", input, headers: declared }, () => 1)).toThrow("header")
    })
  }

  const inside: readonly (readonly [where: string, schema: JsonSchema])[] = [
    ["items", { type: "array", items: { type: "string", "x-mcp-header": "A" } }],
    ["anyOf", { anyOf: [{ type: "string", "x-mcp-header": "A" }] }],
    ["not", { not: { type: "string", "x-mcp-header": "A" } }],
  ]
  for (const [where, schema] of inside) {
    requirement("S-155", `refuses a header under \`${where}\``, () => {
      const input = { type: "object", properties: { a: schema } }
      expect(() => tool({ name: "t", input }, () => 1)).toThrow("header")
    })
  }

  requirement("S-155", "shows headers of nested properties where clients look for them", async () => {
    const mcp = quietServer()
    const input = z.object({ target: z.object({ region: z.string() }) })
    mcp.tool({ name: "t", input, headers: { "target.region": "Region" } }, () => 1)
    expect(await resultOf(mcp, rpc("tools/list"))).toMatchObject({
      tools: [
        {
          inputSchema: {
            properties: { target: { properties: { region: { "x-mcp-header": "Region" } } } },
          },
        },
      ],
    })
  })
})
