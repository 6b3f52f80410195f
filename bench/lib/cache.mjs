/** The cache row: what a call costs that is answered from memory, beside one that runs a trivial handler. */
import { SMALL } from "./catalog.mjs"
import { compare, measure } from "./measure.mjs"
import { ask, startChild, stop } from "./targets.mjs"

const REFERENCE = "plain"
const WORKS = [REFERENCE, "pass", "hit", "hit-bypass", "hit-storage", "miss"]

export async function runCache(options) {
  const results = await measure(openLanes, options)
  return Object.fromEntries(WORKS.map((name) => [name, compare(results.get(name), results.get(REFERENCE))]))
}

async function openLanes() {
  const targets = []
  const lanes = []
  const failures = new Map()
  for (const name of WORKS) {
    try {
      const target = await startChild("in-memory/cache.mjs", [JSON.stringify({ port: 0, ...SMALL }), name])
      targets.push(target)
      lanes.push({ key: name, slice: ({ ms }) => ask(target, { ms }, "slice") })
    } catch (error) {
      failures.set(name, { error: error.message })
    }
  }
  return { lanes, failures, close: () => Promise.all(targets.map(stop)) }
}
