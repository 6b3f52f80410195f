/** Sets a report against goals.json. */
import { readFileSync } from "node:fs"

const GOALS = JSON.parse(readFileSync(new URL("../goals.json", import.meta.url), "utf8"))

/** The same question asked of CPU time, which says more while others use the machine. */
const BY_CPU = { ratio: "cpuRatio", ofBareNode: "cpuOfBareNode", ofRaw: "cpuOfRaw" }

/** Where the range over forks of a metric stands. */
const RANGES = {
  ratio: "forks",
  cpuRatio: "cpuForks",
  ownCost: "ownForks",
  ofRaw: "ofRawForks",
  cpuOfRaw: "cpuOfRawForks",
}
/** What is measured by the clock; all else is CPU time. */
const BY_CLOCK = ["ratio", "ofRaw"]

/** `raw` against itself may be this far from 1, as a whole and in its worst fork, before a row says nothing. */
const QUIET = { whole: 0.07, fork: 0.2 }
/** Runs with every judged row, so that a busy machine is told from a slow server. */
export const WITNESSES = ["raw:2", "rawspec"]

/** Gives the goals of the rows and servers that were run, each with what was measured and its `verdict`. */
export function judge(rows, { byCpu }) {
  return goalsOf(rows).map((goal) => {
    const figures = rows[goal.row].servers[goal.server]
    const servers = figures.twin === undefined ? rows[goal.row].servers : { "raw:2": figures.twin }
    const metric = (byCpu && BY_CPU[goal.metric]) || goal.metric
    const range = figures[RANGES[metric]]
    const wanted = scaled(goal, servers.rawspec?.[metric])
    const pass = holds(wanted, figures[metric]) && !figures.errors && figures.error === undefined
    const verdict = pass ? "pass" : "MISS"
    const noisy = figures.error === undefined && isNoisy(wanted, metric, servers)
    const close = range?.some((bound) => holds(wanted, bound) !== holds(wanted, figures[metric]))
    const { error } = figures
    return {
      ...goal,
      wanted: wanted.min ?? wanted.max,
      metric,
      value: figures[metric],
      range,
      verdict: noisy ? "noisy" : verdict,
      close,
      error,
    }
  })
}

/**
 * Carries a goal over to this machine. It was set where `rawspec`, which does by hand all that the specification demands,
 * made `goal.rawspec` of raw. Where that program makes less, since sockets cost less beside work, so may we, and no less.
 */
function scaled(goal, witness) {
  if (goal.rawspec === undefined || witness === undefined || goal.min === undefined) return goal
  return { ...goal, min: goal.min * Math.min(1, witness / goal.rawspec) }
}

/** A goal of a kind of rows is one of each server in each of them. */
function goalsOf(rows) {
  const all = GOALS.flatMap((goal) =>
    goal.kind === undefined
      ? [goal]
      : Object.entries(rows).flatMap(([row, { kind, servers }]) =>
          kind === goal.kind ? Object.keys(servers).map((server) => ({ ...goal, row, server })) : [],
        ),
  )
  return all.filter(({ row, server }) => rows[row]?.servers[server] !== undefined)
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
  const [whole, forks] = BY_CLOCK.includes(metric) ? [twin.ratio, twin.forks] : [twin.cpuRatio, twin.cpuForks]
  const off = (ratio) => Math.abs(Math.log(ratio))
  return off(whole) > QUIET.whole || forks.some((fork) => off(fork) > QUIET.fork)
}

/** Says a goal and its outcome in one line. */
export function sayGoal({ row, server, metric, min, max, wanted: own, value, range, verdict, close, error }) {
  const here = own === (min ?? max) ? "" : ` (here ${own.toPrecision(3)}, by what rawspec makes)`
  const wanted = `${min === undefined ? `≤ ${max}` : `≥ ${min}`}${here}`
  const measured = error ?? (value === undefined ? "not measured" : value.toPrecision(3))
  const forks = range === undefined ? "" : ` [${range.map((bound) => bound.toPrecision(3)).join("–")}]`
  const doubt = close ? "; close, some forks say otherwise" : ""
  return `${verdict.padEnd(5)}  ${row} ${server}: ${metric} ${wanted}, measured ${measured}${forks}${doubt}`
}
