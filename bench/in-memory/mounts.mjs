/**
 * Calls of a tool that is the server's own, that is mounted one and three deep, and that is one of 10,000 from 50 mounted
 * servers. The name given by the parent tells which: `own`, `depth-1`, `depth-3`, `10000-own` or `10000-mounted`.
 */
import { SERVER_INFO } from "../lib/catalog.mjs"
import { DIST, ENTRY } from "../lib/dist.mjs"
import { ARGS, serveLoop } from "./loop.mjs"

const { FleetMCP } = await import(ENTRY)
const { connect } = await import(`${DIST}testing/index.js`)
const work = process.argv[3]
const input = { type: "object", properties: { a: { type: "number" }, b: { type: "number" } } }

function server(names) {
  const mcp = new FleetMCP(SERVER_INFO.name, { version: SERVER_INFO.version, blockedMs: false })
  for (const name of names) mcp.tool({ name, input }, ({ a, b }) => String(a + b))
  return mcp
}

const many = (count, start = 0) => Array.from({ length: count }, (_, n) => `add${start + n}`)

function mounted(depth) {
  let mcp = server(["add"])
  for (let n = 0; n < depth; n++) mcp = server([]).mount(mcp, { prefix: "m" })
  return { mcp, name: `${"m_".repeat(depth)}add` }
}

const makers = {
  own: () => mounted(0),
  "depth-1": () => mounted(1),
  "depth-3": () => mounted(3),
  "10000-own": () => ({ mcp: server(many(10_000)), name: "add5005" }),
  "10000-mounted": () => {
    const mcp = server([])
    for (let n = 0; n < 50; n++) mcp.mount(server(many(200)), { prefix: `m${n}` })
    return { mcp, name: "m25_add5" }
  },
}

const { mcp, name } = makers[work]()
const client = await connect(mcp, { clientInfo: SERVER_INFO, revision: "2026-07-28" })

await serveLoop(async () => {
  const { content } = await client.callTool(name, ARGS)
  return content[0].text
})
