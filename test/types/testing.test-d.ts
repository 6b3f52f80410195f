import { FleetMCP, ToolResult, text, tool } from "fleetmcp"
import { connect, type RequestOptions, type TestClient } from "fleetmcp/testing"
import * as z from "zod"
import { same } from "./same.ts"

const add = tool(
  { name: "add", input: z.object({ a: z.number(), b: z.number().default(0) }) },
  ({ a, b }) => a + b,
)
const now = tool({ name: "now" }, () => ({ at: new Date() }))
const say = tool({ name: "say-it", input: z.object({ loud: z.boolean().optional() }) }, () => text("x"))
const row = tool({ name: "row", output: z.object({ id: z.string() }) }, () => ({ id: "1" }))
const mixed = tool({ name: "mixed" }, () => new ToolResult({ structuredContent: { at: new Date() } }))
const old = tool({ name: "v", version: "1", input: z.object({ a: z.string() }) }, () => "x")
const recent = tool({ name: "v", version: "2", input: z.object({ b: z.string() }) }, () => 1)

// The tools that a server was made with are functions of its client.

const mcp = new FleetMCP("types", { tools: [add, now, say, row, mixed] })
await using client = await connect(mcp)
same<number>()(await client.tools.add({ a: 1 }))
same<number>()(await client.tools.add({ a: 1, b: 2 }, { signal: AbortSignal.timeout(5) }))
same<{ at: string }>()(await client.tools.now())
same<{ at: string }>()(await client.tools.now({}, { version: "1" }))
same<{ id: string }>()(await client.tools.row())
same<{ at: string }>()(await client.tools.mixed())
await client.tools["say-it"]()
await client.tools["say-it"]({ loud: true })
same<(args: { a: number; b?: number | undefined }, options?: RequestOptions) => Promise<number>>()(
  client.tools.add,
)

// @ts-expect-error Type 'string' is not assignable to type 'number'.
await client.tools.add({ a: "1" })
// @ts-expect-error Property 'a' is missing in type '{}'.
await client.tools.add({})
// @ts-expect-error Expected 1-2 arguments, but got 0.
await client.tools.add()
// @ts-expect-error 'c' does not exist in type '{ a: number; b?: number | undefined; }'.
await client.tools.add({ a: 1, c: 2 })
// @ts-expect-error Type 'string' is not assignable to type 'never'.
await client.tools.now({ zone: "UTC" })
// @ts-expect-error Property 'sub' does not exist.
await client.tools.sub({ a: 1 })
// @ts-expect-error Type 'number' is not assignable to type 'string'.
export const wrong: string = await client.tools.add({ a: 1 })

// Which of several versions answers is not known, so a call must suit all.

const versions = await connect(new FleetMCP("types", { tools: [old, recent] }))
same<string | number>()(await versions.tools.v({ a: "x", b: "y" }))

// A server whose tools came later has tools of any name, of anything.

const later = new FleetMCP("types")
later.tool({ name: "add" }, () => 1)
const untyped = await connect(later)
same<TestClient<readonly import("fleetmcp").Tool[]>>()(untyped)
same<unknown>()(await untyped.tools.add?.({ anything: 1 }))
same<unknown>()(await untyped.tool("add")({ anything: 1 }, { version: "1" }))
same<unknown>()(await untyped.tool("add")())

// By name it is the same function as of `tools`, and of tools that came later one of anything.

same<number>()(await client.tool("add")({ a: 1 }))
same<{ at: string }>()(await client.tool("now")())
same<unknown>()(await client.tool("later")({ anything: 1 }))
const named: string = "add"
same<unknown>()(await client.tool(named)({ a: 1 }))
// @ts-expect-error Type 'string' is not assignable to type 'number'.
await client.tool("add")({ a: "1" })
// @ts-expect-error Expected 1-2 arguments, but got 0.
await client.tool("add")()

// One tool whose name is no literal takes nothing from the others.

const some = await connect(new FleetMCP("types", { tools: [add, tool({ name: named }, () => 1)] }))
same<number>()(await some.tools.add({ a: 1 }))
same<unknown>()(await some.tools.other?.({ anything: 1 }))
same<number>()(await some.tool("add")({ a: 1 }))
same<unknown>()(await some.tool("other")({ anything: 1 }))
// @ts-expect-error Type 'string' is not assignable to type 'number'.
await some.tools.add({ a: "1" })

// Handlers of the client get what the server asks.

await connect(mcp, {
  era: "stateless",
  serialize: false,
  elicitation(request) {
    same<string>()(request.message)
    return request.mode === "url" ? { action: "cancel" } : { action: "accept", content: { a: 1 } }
  },
  sampling: async ({ messages, maxTokens }) => `${messages.length} of ${maxTokens}`,
  roots: ["file:///a", { uri: "file:///b", name: "B" }],
  onProgress: ({ progress, total }) => same<number>()(progress + (total ?? 0)),
  onLog: ({ level }) => void level,
  logLevel: "info",
  headers: { "x-a": "b", "mcp-name": undefined },
})
await connect(mcp, { era: "session", revision: "2025-06-18" })
// @ts-expect-error Type '"modern"' is not assignable to type 'Era | undefined'.
await connect(mcp, { era: "modern" })
// @ts-expect-error 'wire' does not exist in type 'ConnectOptions'.
await connect(mcp, { wire: "objects" })
// @ts-expect-error Type '"maybe"' is not assignable to type '"accept" | "cancel" | "decline"'.
await connect(mcp, { elicitation: () => ({ action: "maybe" }) })
// @ts-expect-error Argument of type 'string' is not assignable to parameter of type 'TestTarget'.
await connect("http://127.0.0.1:3000/mcp")

// Streams close themselves.

await using stream = await client.listen({ toolsListChanged: true }, ({ method, params }) => {
  same<string>()(method)
  same<{ readonly [name: string]: unknown }>()(params)
})
same<boolean | undefined>()(stream.honored.toolsListChanged)
