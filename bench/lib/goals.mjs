/** Sets a report against goals.json. */
import { readFileSync } from "node:fs"

const GOALS = JSON.parse(readFileSync(new URL("../goals.json", import.meta.url), "utf8"))

/** The same question asked of CPU time, which says more while others use the machine. */
const BY_CPU = { ratio: "cpuRatio", ofBareNode: "cpuOfBareNode" }

/** Gives the goals of the rows and servers that were run, each with what was measured and whether it holds. */
export function judge(rows, { byCpu }) {
  return GOALS.filter(({ row, server }) => rows[row]?.servers[server] !== undefined).map((goal) => {
    const figures = rows[goal.row].servers[goal.server]
    const metric = (byCpu && BY_CPU[goal.metric]) || goal.metric
    const value = figures[metric]
    const within =
      value >= (goal.min ?? Number.NEGATIVE_INFINITY) && value <= (goal.max ?? Number.POSITIVE_INFINITY)
    return {
      ...goal,
      metric,
      value,
      pass: within && !figures.errors && figures.error === undefined,
      error: figures.error,
    }
  })
}

/** Says a goal and its outcome in one line. */
export function sayGoal({ row, server, metric, min, max, value, pass, error }) {
  const wanted = min === undefined ? `≤ ${max}` : `≥ ${min}`
  const measured = error ?? (value === undefined ? "not measured" : value.toPrecision(3))
  return `${pass ? "pass" : "MISS"}  ${row} ${server}: ${metric} ${wanted}, measured ${measured}`
}
