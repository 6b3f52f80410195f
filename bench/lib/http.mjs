/** The HTTP rows: what is asked, over how many connections, of a server of which size; and how one is run. */
import { SMALL } from "./catalog.mjs"
import { WITNESSES } from "./goals.mjs"
import { openLoad } from "./load.mjs"
import { compare, measure, relativeCost } from "./measure.mjs"
import { startServer, stop } from "./targets.mjs"
import { prepare, verifier } from "./wire.mjs"
import { add, echo, list, progress } from "./work.mjs"

/** Answers nothing but the calls of the fetch row. */
const BARE_FRONT = "hono"
/** Compared in the fetch row alone; ours also elsewhere when asked for by name. */
const FETCH_FRONTS = [BARE_FRONT, "fleetmcp-fetch"]
/** Ours with so many middlewares that only wait for what lies further in; compared in the row of that alone. */
const LAYERS = { "fleetmcp-layers-1": 1, "fleetmcp-layers-8": 8 }
export const SERVERS = [
  "raw",
  "raw:2",
  "rawspec",
  "fleetmcp",
  "fleetmcp-session",
  ...FETCH_FRONTS,
  ...Object.keys(LAYERS),
  "sdk-v2",
  "sdk-v1",
  "fastmcp",
  "tmcp",
  "mcp-lite",
  "fastmcp-python",
]
/** Every ratio is taken against this one. */
const REFERENCE = "raw"

const LARGE = { tools: 1000, resources: 1000, prompts: 500 }

/**
 * `baseline`: the same servers are also measured at this size, and the cost of a request set against it; `plain`: against
 * that of this server.
 */
export const HTTP_ROWS = {
  "call-1": { title: "tools/call, 1 connection", work: add, connections: 1, size: SMALL },
  "call-32": { title: "tools/call, 32 connections", work: add, connections: 32, size: SMALL },
  "call-32-1000": {
    title: "tools/call with 1,000 tools, 1,000 resources, 500 prompts",
    work: add,
    connections: 32,
    size: LARGE,
    baseline: SMALL,
  },
  "echo-64k": { title: "64 KiB in and out, 32 connections", work: echo, connections: 32, size: SMALL },
  "list-100": {
    title: "tools/list, 100 tools",
    work: list(100),
    connections: 8,
    size: { ...SMALL, tools: 100 },
  },
  "list-1000": {
    title: "tools/list, 1,000 tools",
    work: list(1000),
    connections: 4,
    size: { ...SMALL, tools: 1000 },
  },
  "progress-100": {
    title: "100 progress notifications per call",
    work: progress,
    connections: 8,
    size: { ...SMALL, stream: true },
  },
  "fetch-32": {
    title: "tools/call through fetch and Hono, 32 connections",
    work: add,
    connections: 32,
    size: SMALL,
    only: [...WITNESSES, ...FETCH_FRONTS],
  },
  "layers-32": {
    title: "tools/call through 0, 1 and 8 middlewares, 32 connections",
    work: add,
    connections: 32,
    size: SMALL,
    only: [...WITNESSES, "fleetmcp", ...Object.keys(LAYERS)],
    plain: "fleetmcp",
  },
}

/** Runs one row; resolves to the figures of each server by name. */
export async function runHttpRow(row, { servers, builds = {}, ...options }) {
  const names = [REFERENCE, ...(servers ?? SERVERS).filter((name) => takesPart(row, name, servers))]
  const results = await measure(() => openLanes(row, names, builds), options)
  return Object.fromEntries(
    names.map((name) => {
      const own = results.get(name)
      const base = row.baseline ? results.get(baselineOf(name)) : results.get(row.plain)
      const extra = base === undefined ? {} : relativeCost(own, base)
      return [name, { ...compare(own, results.get(REFERENCE)), ...extra }]
    }),
  )
}

const baselineOf = (name) => `${name} baseline`

/** Starts a process for each server; `raw:2` is a second one of `raw`, `fleetmcp:old` that of the build `old`. */
async function openLanes(row, names, builds) {
  const targets = []
  const lanes = []
  const failures = new Map()
  const wanted = names.flatMap((name) => [
    { key: name, name, size: row.size },
    ...(row.baseline ? [{ key: baselineOf(name), name, size: row.baseline }] : []),
  ])
  for (const { key, name, size } of wanted) {
    try {
      const [server, variant] = name.split(":")
      const layers = LAYERS[server]
      const program = layers === undefined ? server : "fleetmcp"
      const target = await startServer(program, { ...size, layers }, builds[variant])
      targets.push(target)
      lanes.push({ key, slice: (limits) => slice(row, target, limits) })
    } catch (error) {
      failures.set(key, { error: error.message })
    }
  }
  return { lanes, failures, close: () => Promise.all(targets.map(stop)) }
}

function takesPart(row, name, asked) {
  if (name === REFERENCE) return false
  if (row.only) return row.only.includes(name.split(":")[0]) || row.only.includes(name)
  if (name in LAYERS) return false
  if (!FETCH_FRONTS.includes(name)) return true
  return name !== BARE_FRONT && asked !== undefined
}

async function slice({ work, connections }, target, limits) {
  const requests = prepare({ target, work, connections })
  const load = await openLoad({ port: target.port, requests, verify: verifier(work) })
  try {
    const before = await target.cpu()
    const outcome = await load.run(limits)
    return { ...outcome, cpu: (await target.cpu()) - before }
  } finally {
    load.close()
  }
}
