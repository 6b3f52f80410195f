/** The storage rows: what a driver takes, over what the bare client of the same storage takes. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { tsImport } from "tsx/esm/api"
import { compare, measure } from "./measure.mjs"
import { urlOf } from "./services.mjs"
import { ask, startChild, stop } from "./targets.mjs"

/**
 * What each storage needs: a `service`, or a Node that has SQLite. One that is `instant` answers before it returns, so
 * that nothing of it is ever in flight.
 */
const NEEDS = {
  memory: { instant: true },
  disk: {},
  sqlite: { instant: true, newNode: true },
  redis: { service: "redis" },
  postgres: { service: "postgres" },
  mongodb: { service: "mongodb" },
  dynamodb: { service: "dynamodb" },
  keyv: { service: "redis" },
  unstorage: { service: "redis" },
}
export const STORAGES = Object.keys(NEEDS)

export const STORAGE_ROWS = {
  "storage-get-1": { title: "get", work: "get", inFlight: 1 },
  "storage-get-16": { title: "get, 16 in flight", work: "get", inFlight: 16 },
  "storage-miss-1": { title: "get of a key that is not there", work: "miss", inFlight: 1 },
  "storage-miss-16": { title: "the same, 16 in flight", work: "miss", inFlight: 16 },
  "storage-set-1": { title: "set", work: "set", inFlight: 1 },
  "storage-set-16": { title: "set, 16 in flight", work: "set", inFlight: 16 },
}

/** As `STORES` of the child has them. */
const STORES = ["raw", "fleetmcp", "raw:2"]
/** Both sides are one process, which changes from one to the other sooner than processes do. */
const SLICE_MS = 50

/** Runs one row; resolves to the figures of each storage by name. */
export async function runStorageRow({ work, inFlight }, { servers, rounds, seconds, forks }) {
  const names = STORAGES.filter(
    (name) => (servers === undefined || servers.includes(name)) && !(inFlight > 1 && NEEDS[name].instant),
  )
  const figures = {}
  for (const name of names) {
    const settings = { rounds, seconds: seconds / 3, forks, sliceMs: SLICE_MS }
    const results = await measure(() => openLanes(name, { work, inFlight }), settings)
    figures[name] = toFigures(results)
  }
  return figures
}

/** Time and CPU per request, each as a multiple of what the bare client takes. */
function toFigures(results) {
  const [own, twin] = ["fleetmcp", "raw:2"].map((key) => compare(results.get(key), results.get("raw")))
  if (own.error !== undefined) return own
  const { ratio, forks, cpuRatio, cpuForks, perSecond, requests, errors } = own
  return {
    ofRaw: 1 / ratio,
    ofRawForks: inverted(forks),
    cpuOfRaw: 1 / cpuRatio,
    cpuOfRawForks: inverted(cpuForks),
    micros: 1e6 / perSecond,
    requests,
    errors,
    twin,
  }
}

const inverted = ([least, most]) => [1 / most, 1 / least]

async function openLanes(name, task) {
  const folder = mkdtempSync(join(tmpdir(), "fleetmcp-bench-"))
  try {
    const { service, newNode } = NEEDS[name]
    const url = service === undefined ? "" : await urlOf(service)
    const execPath = newNode ? await findNewNode() : process.execPath
    const target = await startChild("storage/run.mjs", [name, url], { BENCH_FOLDER: folder }, execPath)
    const lane = (store) => ({
      key: store,
      slice: (limits) => ask(target, { store, ...task, ...limits }, "slice"),
    })
    const close = async () => {
      await stop(target)
      rmSync(folder, { recursive: true })
    }
    return { lanes: STORES.map(lane), failures: new Map(), close }
  } catch (error) {
    rmSync(folder, { recursive: true })
    const { message } = error
    return { lanes: [], failures: new Map(STORES.map((store) => [store, { error: message }])), close() {} }
  }
}

async function findNewNode() {
  const tools = await tsImport("../../scripts/tools/new-node.ts", import.meta.url)
  return tools.findNewNode()
}
