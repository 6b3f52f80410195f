/** The limiter row: what a decision of a limit costs, as calls beside those through middleware that does nothing. */
import { SMALL } from "./catalog.mjs"
import { compare, measure } from "./measure.mjs"
import { ask, startChild, stop } from "./targets.mjs"

const REFERENCE = "empty"
const WORKS = [REFERENCE, "one-key", "100000-keys", "window"]

export async function runLimiter(options) {
  const results = await measure(openLanes, options)
  const rows = Object.fromEntries(
    WORKS.map((name) => [name, compare(results.get(name), results.get(REFERENCE))]),
  )
  // What a call takes more than one that is not limited, by CPU time, which other work moves less.
  for (const figures of Object.values(rows))
    figures.nanoseconds = (figures.cpuMicros - rows[REFERENCE].cpuMicros) * 1000
  return rows
}

async function openLanes() {
  const targets = []
  const lanes = []
  const failures = new Map()
  for (const name of WORKS) {
    try {
      const target = await startChild("in-memory/limiter.mjs", [JSON.stringify({ port: 0, ...SMALL }), name])
      targets.push(target)
      lanes.push({ key: name, slice: ({ ms }) => ask(target, { ms }, "slice") })
    } catch (error) {
      failures.set(name, { error: error.message })
    }
  }
  return { lanes, failures, close: () => Promise.all(targets.map(stop)) }
}
