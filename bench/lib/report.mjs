/** Renders a report as Markdown tables. */

const number = (value, digits = 3) => {
  if (value === undefined) return "–"
  if (value >= 1000) return Math.round(value).toLocaleString("en-US")
  return String(Number(value.toPrecision(digits)))
}

const ofBare = ({ ms, ofBareNode }) =>
  `${number(ms)} ms${ofBareNode === undefined ? "" : ` (× ${number(ofBareNode, 2)})`}`

/** What a cell of each kind of row says. */
const CELLS = {
  http: ({ ratio, cpuMicros, ownCost }) => {
    const own = ownCost === undefined ? "" : `, × ${number(ownCost)} of the plain one`
    return `${number(ratio, 2)} (${number(cpuMicros)} µs${own})`
  },
  stdio: ({ ratio, cpuMicros }) => `${number(ratio, 2)} (${number(cpuMicros)} µs)`,
  cold: ofBare,
  sessions: ({ opensPerSecond, bytesPerSession }) =>
    `${number(opensPerSecond)}/s, ${number(bytesPerSession / 1024, 2)} KiB`,
  "in-memory": ({ ratio, perSecond }) => `${number(ratio, 2)} (${number(perSecond / 1000)} k/s)`,
  context: ({ ratio, perSecond }) => `${number(ratio, 2)} (${number(perSecond / 1000)} k/s)`,
  storage: ({ ofRaw, micros }) => `× ${number(ofRaw)} (${number(micros)} µs)`,
  import: ofBare,
  install: ({ megabytes, packages, known }) =>
    `${number(megabytes)} MB, ${packages} packages${known ? " (known)" : ""}`,
}

const cell = (kind, figures) => {
  if (figures === undefined) return "–"
  if (figures.error !== undefined) return "failed"
  return CELLS[kind](figures) + (figures.errors ? `, ${figures.errors} errors` : "")
}

function table(kind, first, rows) {
  const columns = [...new Set(rows.flatMap(({ servers }) => Object.keys(servers)))]
  const lines = [
    `| ${[first, ...columns].join(" | ")} |`,
    `| ${["---", ...columns.map(() => "---")].join(" | ")} |`,
    ...rows.map(
      ({ title, servers }) =>
        `| ${[title, ...columns.map((name) => cell(kind, servers[name]))].join(" | ")} |`,
    ),
  ]
  return lines.join("\n")
}

const HEADINGS = {
  http: "Over HTTP: throughput as a share of `raw` in the same round (server CPU per request)",
  stdio: "Over stdio: throughput as a share of `raw` in the same round (server CPU per request)",
  "in-memory": "In memory: calls as a share of the reference (calls per second)",
  context: "In memory: calls that use the context as a share of one that does not (calls per second)",
  cold: "From the start of a process to its first `tools/list` over stdio (as a share of a node that starts and ends)",
  sessions:
    "Sessions over HTTP: opened in a second, and the memory of one that is idle (Python: resident, others: heap)",
  storage:
    "Storage: time as a multiple of what the bare client of the same storage takes in the same round (time per operation)",
  import: "Import of the server entry: time over bare node (as a share of bare node)",
  install: "`npm install` into an empty folder",
}

const range = (bounds) => (bounds === undefined ? "" : ` [${bounds.map((bound) => number(bound)).join("–")}]`)

/** Gives one line per server, for reading while the run goes on; brackets hold the least and greatest fork. */
export function sayRow(id, { kind, servers }) {
  return Object.entries(servers).map(([name, figures]) => {
    if (figures.error !== undefined) return `${id}  ${name}: failed: ${figures.error}`
    const { ownForks, forks, ofRawForks, spread, twin } = figures
    const { cpuRatio = figures.cpuOfRaw, cpuForks = figures.cpuOfRawForks } = figures
    const byCpu = cpuRatio === undefined ? "" : `, by CPU ${number(cpuRatio)}${range(cpuForks)}`
    const own = ownForks === undefined ? "" : `, of the plain one${range(ownForks)}`
    const noise = twin === undefined ? "" : `, raw of itself ${number(1 / twin.ratio)}`
    return `${id}  ${name}: ${cell(kind, figures)}${range(forks ?? ofRawForks ?? spread)}${byCpu}${own}${noise}`
  })
}

/** Gives the tables of all rows. */
export function toMarkdown(report) {
  return paragraphs([circumstances(report), ...tablesOf(report).flat()])
}

/** Puts the tables of some kinds of rows in the place of earlier ones. */
export function mergeMarkdown(markdown, report) {
  const [first, ...others] = markdown.trim().split(/\n\n(?=[^|\n]+:\n)/)
  const blocks = new Map(others.map((block) => [block.split("\n", 1)[0], block]))
  for (const [heading, rows] of tablesOf(report)) {
    blocks.set(heading, [heading, rows, `Measured apart: ${circumstances(report)}`].join("\n\n"))
  }
  const ordered = Object.values(HEADINGS).flatMap((heading) => blocks.get(`${heading}:`) ?? [])
  return paragraphs([first, ...ordered])
}

const paragraphs = (parts) => `${parts.join("\n\n")}\n`

const circumstances = ({ node, cpus, date, load }) =>
  `Node ${node.slice(1)}, ${cpus} cores, ${date.slice(0, 10)}, load ${load.before} → ${load.after}.`

/** Gives a heading and a table for each kind of rows. */
function tablesOf({ rows }) {
  return Object.entries(HEADINGS).flatMap(([kind, heading]) => {
    const ofKind = Object.values(rows).filter((row) => row.kind === kind)
    return ofKind.length === 0 ? [] : [[`${heading}:`, table(kind, "Work", ofKind)]]
  })
}
