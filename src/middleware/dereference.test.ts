import { describe, expect, it } from "vitest"
import { quietServer } from "../../test/support/server.ts"
import { complete } from "../protocol/call.ts"
import { defineMiddleware } from "../server/define-middleware.ts"
import type { ListToolsResult } from "../spec/index.ts"
import { dereference } from "./dereference.ts"

const point = { type: "object", properties: { x: { type: "number" } } }

/** A server that lists tools as an upstream described them. */
function listing(...schemas: readonly object[]) {
  const tools = schemas.map((inputSchema, at) => ({ name: `t${at}`, inputSchema }))
  const result = { tools } as unknown as ListToolsResult
  const upstream = defineMiddleware({ name: "upstream", listTools: () => complete(result) })
  const mcp = quietServer({ middleware: [dereference(), upstream] })
  mcp.tool({ name: "some" }, () => 1)
  return { mcp, schemas: async () => (await mcp.listTools()).map(({ inputSchema }) => inputSchema) }
}

describe("dereference()", () => {
  it("lists schemas without the references", async () => {
    const { schemas } = listing({
      type: "object",
      properties: { at: { $ref: "#/$defs/point" } },
      $defs: { point },
    })
    expect(await schemas()).toEqual([{ type: "object", properties: { at: point } }])
  })

  it("keeps what is recursive", async () => {
    const tree = { type: "object", properties: { left: { $ref: "#/$defs/tree" } } }
    const schema = { type: "object", properties: { tree: { $ref: "#/$defs/tree" } }, $defs: { tree } }
    expect(JSON.stringify(await listing(schema).schemas())).toContain("#/$defs/tree")
  })

  it.each([
    { type: "object", properties: { a: { $ref: "https://elsewhere.example.com/schema" } } },
    { type: "object", properties: { a: { $ref: "#/$defs/none" } } },
    { type: "object", properties: 5 },
    { type: "object", $ref: "#" },
  ])("leaves what cannot be read as it is: %j", async (schema) => {
    expect(await listing(schema).schemas()).toEqual([schema])
  })

  it("does not let a schema explode", async () => {
    const defs: { [name: string]: object } = { d0: { type: "string", description: "x".repeat(50) } }
    for (let n = 1; n < 30; n++) {
      const ref = { $ref: `#/$defs/d${n - 1}` }
      defs[`d${n}`] = { type: "object", properties: { a: ref, b: ref } }
    }
    const bomb = { type: "object", properties: { a: { $ref: "#/$defs/d29" } }, $defs: defs }
    expect(JSON.stringify(await listing(bomb).schemas()).length).toBeLessThan(200_000)
  })

  it("makes each list once", async () => {
    const schema = { type: "object", properties: { at: { $ref: "#/$defs/point" } }, $defs: { point } }
    const { schemas } = listing(schema)
    const [one] = await schemas()
    const [other] = await schemas()
    expect(other).toBe(one)
  })

  it("passes on lists in which nothing is to be done", async () => {
    const plain = { type: "object" }
    expect((await listing(plain).schemas())[0]).toBe(plain)
  })
})
