/**
 * FleetMCP through `connect()` of its testing entry, with and without `cache()`. The name given by the parent tells
 * which: `plain` has no middleware, `pass` one that only goes on, `hit` is answered from memory, `hit-storage` from a
 * storage, `hit-bypass` has a cache that is for another tool, `miss` asks for something new each time.
 */
import { SERVER_INFO } from "../lib/catalog.mjs"
import { DIST, ENTRY } from "../lib/dist.mjs"
import { ARGS, serveLoop } from "./loop.mjs"

const { defineMiddleware, FleetMCP } = await import(ENTRY)
const { connect } = await import(`${DIST}testing/index.js`)
const { cache } = await import(`${DIST}middleware/cache.js`)
const { memoryStorage } = await import(`${DIST}storage/index.js`)
const work = process.argv[3]

const only = work === "hit-bypass" ? ["other"] : ["add"]
const storage = work === "hit-storage" ? { storage: memoryStorage() } : {}
const layers = {
  plain: [],
  pass: [defineMiddleware({ name: "pass", callTool: (_, next) => next() })],
}
const middleware = layers[work] ?? [cache({ callTool: { only, ttlMs: 3_600_000 }, ...storage })]
const mcp = new FleetMCP(SERVER_INFO.name, { version: SERVER_INFO.version, blockedMs: false, middleware })
const input = { type: "object", properties: { a: { type: "number" }, b: { type: "number" } } }
mcp.tool({ name: "add", input }, ({ a, b }) => String(Math.trunc(a) + b))
const client = await connect(mcp, { clientInfo: SERVER_INFO, revision: "2026-07-28" })

let calls = 0
await serveLoop(async () => {
  const args = work === "miss" ? { ...ARGS, a: ARGS.a + ++calls / 1e9 } : ARGS
  const { content } = await client.callTool("add", args)
  return content[0].text
})
