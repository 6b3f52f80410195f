/** The in-memory row: one `tools/call` after the other, client and server in one process. */
import { SMALL } from "./catalog.mjs"
import { compare, measure } from "./measure.mjs"
import { ask, startChild, stop } from "./targets.mjs"

const REFERENCES = ["reference-json", "reference-objects"]

/** Which file a variant runs, and which reference it is set against. */
const VARIANTS = {
  "reference-json": { server: "raw" },
  "reference-objects": { server: "raw" },
  "fleetmcp-json": { server: "fleetmcp", file: "fleetmcp" },
  "fleetmcp-objects": { server: "fleetmcp", file: "fleetmcp", against: "reference-objects" },
  "sdk-v2": { server: "sdk-v2" },
  "sdk-v1": { server: "sdk-v1" },
  "mcp-lite": { server: "mcp-lite" },
}

export async function runInMemory({ servers, ...options }) {
  const names = Object.keys(VARIANTS).filter(
    (name) => REFERENCES.includes(name) || servers === undefined || servers.includes(VARIANTS[name].server),
  )
  const results = await measure(() => openLanes(names), options)
  const figures = (name) =>
    compare(results.get(name), results.get(VARIANTS[name].against ?? "reference-json"))
  return Object.fromEntries(names.map((name) => [name, figures(name)]))
}

async function openLanes(names) {
  const targets = []
  const lanes = []
  const failures = new Map()
  for (const name of names) {
    try {
      const size = JSON.stringify({ port: 0, ...SMALL })
      const target = await startChild(`in-memory/${VARIANTS[name].file ?? name}.mjs`, [size, name])
      targets.push(target)
      lanes.push({ key: name, slice: ({ ms }) => ask(target, { ms }, "slice") })
    } catch (error) {
      failures.set(name, { error: error.message })
    }
  }
  return { lanes, failures, close: () => Promise.all(targets.map(stop)) }
}
