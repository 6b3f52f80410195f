/** Sets a report against goals.json. */
import { readFileSync } from "node:fs"

const GOALS = JSON.parse(readFileSync(new URL("../goals.json", import.meta.url), "utf8"))

/** The same question asked of CPU time, which says more while others use the machine. */
const BY_CPU = { ratio: "cpuRatio", ofBareNode: "cpuOfBareNode" }

/** Where the range over forks of a metric stands. */
const RANGES = { ratio: "forks", cpuRatio: "cpuForks", ownCost: "ownForks" }

/** `raw` against itself may be this far from 1, as a whole and in its worst fork, before a row says nothing. */
const QUIET = { whole: 0.07, fork: 0.2 }

/** Gives the goals of the rows and servers that were run, each with what was measured and its `verdict`. */
export function judge(rows, { byCpu }) {
  return GOALS.filter(({ row, server }) => rows[row]?.servers[server] !== undefined).map((goal) => {
    const { servers } = rows[goal.row]
    const figures = servers[goal.server]
    const metric = (byCpu && BY_CPU[goal.metric]) || goal.metric
    const value = figures[metric]
    const range = figures[RANGES[metric]]
    const holds = (measured) =>
      measured >= (goal.min ?? Number.NEGATIVE_INFINITY) && measured <= (goal.max ?? Number.POSITIVE_INFINITY)
    const pass = holds(value) && !figures.errors && figures.error === undefined
    const verdict =
      isNoisy(servers["raw:2"], metric) && figures.error === undefined ? "noisy" : pass ? "pass" : "MISS"
    const close = range?.some((bound) => holds(bound) !== holds(value))
    return { ...goal, metric, value, range, verdict, close, error: figures.error }
  })
}

function isNoisy(twin, metric) {
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
