/** Sets a report against goals.json. */
import { readFileSync } from "node:fs"

const GOALS = JSON.parse(readFileSync(new URL("../goals.json", import.meta.url), "utf8"))

/** The same question asked of CPU time, which says more while others use the machine. */
const BY_CPU = { ratio: "cpuRatio", ofBareNode: "cpuOfBareNode" }

/** Where the range over forks of a metric stands. */
const RANGES = { ratio: "forks", cpuRatio: "cpuForks", ownCost: "ownForks" }

/** `raw` against itself may be this far from 1, as a whole and in its worst fork, before a row says nothing. */
const QUIET = { whole: 0.07, fork: 0.2 }
/** Runs with every judged row, so that a busy machine is told from a slow server. */
export const WITNESSES = ["raw:2", "rawspec"]

/** Gives the goals of the rows and servers that were run, each with what was measured and its `verdict`. */
export function judge(rows, { byCpu }) {
  return GOALS.filter(({ row, server }) => rows[row]?.servers[server] !== undefined).map((goal) => {
    const { servers } = rows[goal.row]
    const figures = servers[goal.server]
    const metric = (byCpu && BY_CPU[goal.metric]) || goal.metric
    const range = figures[RANGES[metric]]
    const pass = holds(goal, figures[metric]) && !figures.errors && figures.error === undefined
    const verdict = pass ? "pass" : "MISS"
    const noisy = figures.error === undefined && isNoisy(goal, metric, servers)
    const close = range?.some((bound) => holds(goal, bound) !== holds(goal, figures[metric]))
    const { error } = figures
    return {
      ...goal,
      metric,
      value: figures[metric],
      range,
      verdict: noisy ? "noisy" : verdict,
      close,
      error,
    }
  })
}

function holds({ min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }, value) {
  return value >= min && value <= max
}

/**
 * Says whether a row proves nothing: `raw` differs from itself, or not even the bare specification meets the goal.
 * The second happens under foreign load, which slows larger programs more than `raw`.
 */
function isNoisy(goal, metric, { "raw:2": twin, rawspec }) {
  const bare = rawspec?.[metric]
  if (bare !== undefined && !holds(goal, bare)) return true
  if (twin?.ratio === undefined) return false
  const [whole, forks] = metric === "ratio" ? [twin.ratio, twin.forks] : [twin.cpuRatio, twin.cpuForks]
  const off = (ratio) => Math.abs(Math.log(ratio))
  return off(whole) > QUIET.whole || forks.some((fork) => off(fork) > QUIET.fork)
}

/** Says a goal and its outcome in one line. */
export function sayGoal({ row, server, metric, min, max, value, range, verdict, close, error }) {
  const wanted = min === undefined ? `≤ ${max}` : `≥ ${min}`
  const measured = error ?? (value === undefined ? "not measured" : value.toPrecision(3))
  const forks = range === undefined ? "" : ` [${range.map((bound) => bound.toPrecision(3)).join("–")}]`
  const doubt = close ? "; close, some forks say otherwise" : ""
  return `${verdict.padEnd(5)}  ${row} ${server}: ${metric} ${wanted}, measured ${measured}${forks}${doubt}`
}
