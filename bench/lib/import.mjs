/** The import row: how much longer a fresh node takes to import a server entry than to do nothing. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { ENTRY } from "./dist.mjs"
import { median, quartiles } from "./stats.mjs"

const TRIALS = 9
const ENTRIES = {
  fleetmcp: ENTRY,
  "sdk-v2": "@modelcontextprotocol/server",
  "sdk-v1": "@modelcontextprotocol/sdk/server/mcp.js",
  fastmcp: "fastmcp",
  tmcp: "tmcp",
  "mcp-lite": "mcp-lite",
}
/** What most servers import besides, for orientation. */
const COMPANIONS = { zod: "zod", ajv: "ajv/dist/2020.js" }

export async function runImport({ servers }) {
  const wanted = Object.entries(ENTRIES).filter(([name]) => servers === undefined || servers.includes(name))
  const entries = { bare: undefined, ...Object.fromEntries(wanted), ...COMPANIONS }
  const names = Object.keys(entries)
  const trials = new Map(names.map((name) => [name, []]))
  const failures = new Map()
  // The first trial only fills the caches of the file system.
  for (let trial = 0; trial <= TRIALS; trial++) {
    for (let step = 0; step < names.length; step++) {
      const name = names[(step + trial) % names.length]
      try {
        const outcome = await timeNode(entries[name])
        if (trial > 0) trials.get(name).push(outcome)
      } catch (error) {
        failures.set(name, error.message)
      }
    }
  }
  const bare = trials.get("bare")
  const figures = (name) => {
    if (failures.has(name)) return { error: failures.get(name) }
    const over = (field) => trials.get(name).map((outcome, trial) => outcome[field] - bare[trial][field])
    const share = (field) => median(over(field).map((ms, trial) => ms / bare[trial][field]))
    return {
      ms: median(over("ms")),
      spread: quartiles(over("ms")),
      ofBareNode: share("ms"),
      cpuMs: median(over("cpu")),
      cpuOfBareNode: share("cpu"),
    }
  }
  const all = (field) => bare.map((outcome) => outcome[field])
  const results = { bare: { ms: median(all("ms")), spread: quartiles(all("ms")), cpuMs: median(all("cpu")) } }
  for (const name of names.slice(1)) results[name] = figures(name)
  return results
}

/** Takes the wall and CPU milliseconds of one fresh process that imports `entry` and exits. */
async function timeNode(entry) {
  const load = entry === undefined ? "" : `await import(${JSON.stringify(entry)});`
  const code = `${load} const { user, system } = process.cpuUsage(); process.stdout.write(String(user + system), () => process.exit(0))`
  const cwd = new URL("..", import.meta.url)
  const started = performance.now()
  const child = spawn(process.execPath, ["--input-type=module", "--eval", code], {
    cwd,
    stdio: ["ignore", "pipe", "ignore"],
  })
  let said = ""
  child.stdout.on("data", (chunk) => {
    said += chunk
  })
  const [exit] = await once(child, "close")
  if (exit !== 0) throw new Error(`node ended with ${exit}`)
  return { ms: performance.now() - started, cpu: Number(said) / 1000 }
}
