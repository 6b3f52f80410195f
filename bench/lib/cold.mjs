/** The cold-start rows: from the start of a process to its first `tools/list`, over stdio. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { SMALL } from "./catalog.mjs"
import { median, quartiles } from "./stats.mjs"
import { requestOf, startProgram } from "./stdio.mjs"
import { list } from "./work.mjs"

const TRIALS = 9
const SERVERS = [
  "fleetmcp",
  "fleetmcp-session",
  "fleetmcp-zod",
  "sdk-v2",
  "sdk-v1",
  "fastmcp",
  "tmcp",
  "fastmcp-python",
]

export const COLD_ROWS = {
  "cold-10": { title: "first tools/list over stdio, 10 tools", tools: 10 },
  "cold-1000": { title: "first tools/list over stdio, 1,000 tools", tools: 1000 },
}

/** Runs one row; resolves to the figures of each server by name, as a share of a node that starts and ends. */
export async function runColdRow({ tools }, { servers }) {
  const names = ["bare", ...SERVERS.filter((name) => servers === undefined || servers.includes(name))]
  const trials = new Map(names.map((name) => [name, []]))
  const failures = new Map()
  // The first trial only fills the caches of the file system.
  for (let trial = 0; trial <= TRIALS; trial++) {
    for (let step = 0; step < names.length; step++) {
      const name = names[(step + trial) % names.length]
      if (failures.has(name)) continue
      try {
        const ms = name === "bare" ? await timeBare() : await timeServer(name, tools)
        if (trial > 0) trials.get(name).push(ms)
      } catch (error) {
        failures.set(name, error.message)
      }
    }
  }
  const bare = trials.get("bare")
  const figures = (name) => {
    if (failures.has(name)) return { error: failures.get(name) }
    const own = trials.get(name)
    const shares = own.map((ms, trial) => ms / bare[trial])
    return { ms: median(own), spread: quartiles(own), ofBareNode: median(shares) }
  }
  return Object.fromEntries(names.map((name) => [name, figures(name)]))
}

async function timeBare() {
  const started = performance.now()
  const [exit] = await once(spawn(process.execPath, ["--eval", ""], { stdio: "ignore" }), "close")
  if (exit !== 0) throw new Error(`node ended with ${exit}`)
  return performance.now() - started
}

async function timeServer(name, tools) {
  const work = list(tools)
  const started = performance.now()
  const program = startProgram(name, { ...SMALL, tools })
  try {
    const answer = await program.open(requestOf(program, 1000, work))
    const ms = performance.now() - started
    const wrong = work.expect(answer.result ?? {})
    if (wrong) throw new Error(`wrong answer (${wrong})`)
    return ms
  } finally {
    await program.stop()
  }
}
