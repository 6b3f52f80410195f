/** The rows of features: what calls in memory cost that use one, beside calls that do the same work without it. */
import { SMALL } from "./catalog.mjs"
import { compare, measure } from "./measure.mjs"
import { ask, startChild, stop } from "./targets.mjs"

/** The programs of `in-memory/`, by row, and what each may do; all is measured against the first. */
export const FEATURES = {
  context: {
    title: "tools/call that uses the context",
    heading: "In memory: calls that use the context as a share of one that does not (calls per second)",
    works: ["plain", "context", "step", "step-behind-ask", "state", "ask", "ask-session"],
  },
  cache: {
    title: "tools/call with a cache",
    heading: "In memory: calls with a cache as a share of one that runs a trivial handler (calls per second)",
    works: ["plain", "pass", "hit", "hit-bypass", "hit-storage", "miss"],
  },
  limiter: {
    title: "tools/call through a limit",
    heading:
      "In memory: calls through a limit as a share of those through middleware that does nothing (calls per second)",
    works: ["empty", "one-key", "100000-keys", "window"],
  },
  telemetry: {
    title: "tools/call with telemetry",
    heading: "In memory: calls with telemetry as a share of one without (calls per second)",
    works: ["plain", "hook", "off", "idle", "propagation", "native"],
  },
  mounts: {
    title: "tools/call of mounted servers",
    heading: "In memory: calls of tools of mounted servers as a share of a server's own (calls per second)",
    works: ["own", "depth-1", "depth-3", "10000-own", "10000-mounted"],
  },
}

/** Runs the row of a feature; resolves to the figures of each work by name. */
export async function runFeature(feature, options) {
  const { works } = FEATURES[feature]
  const results = await measure(() => openLanes(feature, works), options)
  return Object.fromEntries(works.map((name) => [name, compare(results.get(name), results.get(works[0]))]))
}

async function openLanes(feature, works) {
  const targets = []
  const lanes = []
  const failures = new Map()
  for (const name of works) {
    try {
      const args = [JSON.stringify({ port: 0, ...SMALL }), name]
      const target = await startChild(`in-memory/${feature}.mjs`, args)
      targets.push(target)
      lanes.push({ key: name, slice: ({ ms }) => ask(target, { ms }, "slice") })
    } catch (error) {
      failures.set(name, { error: error.message })
    }
  }
  return { lanes, failures, close: () => Promise.all(targets.map(stop)) }
}
