/**
 * Calls through a limit, by one key and by many, beside calls through middleware that does nothing. The name given by the
 * parent tells which: `empty`, `one-key`, `100000-keys` or `window`.
 */
import { SERVER_INFO } from "../lib/catalog.mjs"
import { DIST, ENTRY } from "../lib/dist.mjs"
import { ARGS, serveLoop } from "./loop.mjs"

const { FleetMCP } = await import(ENTRY)
const { connect } = await import(`${DIST}testing/index.js`)
const work = process.argv[3]
// Nobody is refused: what is measured is a decision and not an error.
const plenty = 1e9
let turn = 0

const makers = {
  empty: async () => ({ request: (_, next) => next() }),
  "one-key": () => limit("rate-limit", ({ rateLimit }) => rateLimit({ perSecond: plenty })),
  "100000-keys": async () => {
    const keys = Array.from({ length: 100_000 }, (_, n) => `principal ${n}`)
    const by = () => keys[turn++ % keys.length]
    // Slow enough that no bucket is full again and forgotten.
    return limit("rate-limit", ({ rateLimit }) =>
      rateLimit({ perSecond: 0.001, burst: plenty, by, maxKeys: 200_000 }),
    )
  },
  window: () => limit("sliding-window", ({ slidingWindow }) => slidingWindow({ limit: plenty })),
}

async function limit(name, make) {
  return make(await import(`${DIST}middleware/${name}.js`))
}

const mcp = new FleetMCP(SERVER_INFO.name, {
  version: SERVER_INFO.version,
  blockedMs: false,
  middleware: [await makers[work]()],
})
const input = { type: "object", properties: { a: { type: "number" }, b: { type: "number" } } }
mcp.tool({ name: "add", input }, ({ a, b }) => String(a + b))
const client = await connect(mcp, { clientInfo: SERVER_INFO, revision: "2026-07-28" })

await serveLoop(async () => {
  const { content } = await client.callTool("add", ARGS)
  return content[0].text
})
