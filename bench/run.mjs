/**
 * Measures FleetMCP against bare `node:http` and its peers; see docs/performance.md. Reads `dist/`, and installs the
 * peers into this folder when they are not there.
 *
 *   node bench/run.mjs [--rows call-32,list-100] [--servers raw,rawspec,fleetmcp] [--rounds 7] [--seconds 0.75]
 *                      [--forks 3] [--json out.json] [--goal] [--by cpu] [--write] [--full]
 *                      [--build old=../before/dist --servers fleetmcp,fleetmcp:old]
 *
 * `--rows` takes kinds of rows, too: `storage` for all of that. `--goal` judges against goals.json and exits 1 on a
 * miss, 3 if the machine was too busy to tell (`raw` differs from itself, or not even `rawspec` meets the goal); with
 * `--by cpu` it judges CPU time instead of throughput. If something of ours could not be measured, the code is 4.
 * `--write` puts the tables into docs/performance.md; with `--rows`, in the place of those of the same kinds. `--full`
 * also installs every peer anew for the install row. `--build old=<folder>`, any number of times, measures another
 * build of ours in the same rounds of the HTTP rows, as `fleetmcp:old`.
 */
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import os from "node:os"
import { resolve } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { parseArgs } from "node:util"
import { COLD_ROWS, runColdRow } from "./lib/cold.mjs"
import { DIST } from "./lib/dist.mjs"
import { FEATURES, runFeature } from "./lib/features.mjs"
import { judge, sayGoal, WITNESSES } from "./lib/goals.mjs"
import { HTTP_ROWS, runHttpRow, SERVERS } from "./lib/http.mjs"
import { runImport } from "./lib/import.mjs"
import { runInMemory } from "./lib/in-memory.mjs"
import { runInstall } from "./lib/install.mjs"
import { mergeMarkdown, sayRow, toMarkdown } from "./lib/report.mjs"
import { stopServices } from "./lib/services.mjs"
import { runSessionRow, SESSION_ROWS } from "./lib/sessions.mjs"
import { runStdioRow, STDIO_ROWS } from "./lib/stdio.mjs"
import { runStorageRow, STORAGE_ROWS, STORAGES } from "./lib/storage.mjs"

const PAGE = new URL("../docs/performance.md", import.meta.url)
const MARKS = ["<!-- bench:begin -->", "<!-- bench:end -->"]

const { values } = parseArgs({
  options: {
    rows: { type: "string" },
    servers: { type: "string" },
    rounds: { type: "string", default: "7" },
    seconds: { type: "string", default: "0.75" },
    forks: { type: "string", default: "3" },
    json: { type: "string" },
    goal: { type: "boolean", default: false },
    by: { type: "string", default: "throughput" },
    write: { type: "boolean", default: false },
    full: { type: "boolean", default: false },
    build: { type: "string", multiple: true, default: [] },
  },
})

const say = (line) => process.stderr.write(`${line}\n`)

function stopWith(message) {
  say(message)
  process.exit(2)
}

/** Makes sure that there is something to measure, and something to measure it against. */
function prepare() {
  if (!existsSync(new URL("index.js", DIST))) stopWith("dist/ is not built: npm run build")
  if (existsSync(new URL("node_modules/.package-lock.json", import.meta.url))) return
  say("Installing the peers into bench/ …")
  // No code of a peer runs before it is measured, and what a peer's own dependency says of Node is the peer's affair.
  const args = ["ci", "--ignore-scripts", "--engine-strict=false", "--no-audit", "--no-fund"]
  const folder = fileURLToPath(new URL(".", import.meta.url))
  const { status } = spawnSync("npm", args, { cwd: folder, stdio: ["ignore", 2, 2] })
  if (status !== 0) stopWith("The peers were not installed: npm ci --prefix bench")
}

/** Reads a comma-separated option; `raw:2` names a second process of `raw`. */
function names(option, known) {
  const list = values[option]?.split(",").filter((name) => name !== "")
  const unknown = list?.find((name) => {
    const [server, variant = "2"] = name.split(":")
    return !known.includes(server) || !(/^\d+$/.test(variant) || variant in builds)
  })
  if (unknown !== undefined) stopWith(`--${option}: no \`${unknown}\`; there are ${known.join(", ")}`)
  return list
}

/** The other builds by name, as file URLs. */
function readBuilds() {
  const pairs = values.build.map((text) => {
    const [, name, folder] = /^([^=]+)=(.+)$/.exec(text) ?? []
    if (!folder || !existsSync(`${folder}/index.js`))
      stopWith(`--build: \`${text}\` is not name=<folder of a build>`)
    return [name, pathToFileURL(`${resolve(folder)}/`).href]
  })
  return Object.fromEntries(pairs)
}

function amount(option) {
  const value = Number(values[option])
  if (!(value > 0)) stopWith(`--${option}: \`${values[option]}\` is not a positive number`)
  return value
}

const builds = readBuilds()

/** Gives every row of a table its kind and what runs it. */
const ofKind = (kind, run, rows) =>
  Object.entries(rows).map(([id, row]) => [
    id,
    { kind, title: row.title, run: (options) => run(row, options) },
  ])

const ROWS = Object.fromEntries([
  ...ofKind("http", runHttpRow, HTTP_ROWS),
  ...ofKind("stdio", runStdioRow, STDIO_ROWS),
  ["in-memory", { kind: "in-memory", title: "tools/call in memory", run: runInMemory }],
  ...Object.entries(FEATURES).map(([id, { title }]) => [
    id,
    { kind: id, title, run: (options) => runFeature(id, options) },
  ]),
  ...ofKind("cold", runColdRow, COLD_ROWS),
  ...ofKind("sessions", runSessionRow, SESSION_ROWS),
  ...ofKind("storage", runStorageRow, STORAGE_ROWS),
  ["import", { kind: "import", title: "import", run: runImport }],
  ["install", { kind: "install", title: "npm install", run: runInstall }],
])

async function run() {
  const all = Object.keys(ROWS)
  const kinds = all.map((id) => ROWS[id].kind)
  const ofName = (name) => (name in ROWS ? name : all.filter((id) => ROWS[id].kind === name))
  const ids = names("rows", [...new Set([...all, ...kinds])])?.flatMap(ofName) ?? all
  prepare()
  const asked = names("servers", [...SERVERS, "fleetmcp-zod", ...STORAGES])
  const unasked = Object.keys(builds).find((name) => !asked?.some((server) => server.endsWith(`:${name}`)))
  if (unasked !== undefined) stopWith(`--build: name it in --servers, as \`fleetmcp:${unasked}\``)
  const servers = values.goal && asked ? [...new Set([...WITNESSES, ...asked])] : asked
  const settings = { rounds: amount("rounds"), seconds: amount("seconds"), forks: amount("forks") }
  const options = { ...settings, servers, full: values.full, builds }
  const rows = {}
  try {
    for (const id of new Set(ids)) {
      const { kind, title, run } = ROWS[id]
      rows[id] = { title, kind, servers: await run(options) }
      for (const line of sayRow(id, rows[id])) say(line)
    }
  } finally {
    await stopServices()
  }
  return { options: settings, rows }
}

/** What of ours could not be measured, which is a fault; that a peer could not be is a finding. */
function unmeasured(rows) {
  const isOurs = (kind, name) => kind in FEATURES || kind === "storage" || name.startsWith("fleetmcp")
  return Object.entries(rows).flatMap(([id, { kind, servers }]) =>
    Object.keys(servers)
      .filter((name) => servers[name].error !== undefined && isOurs(kind, name))
      .map((name) => `Not measured: ${name} in ${id}: ${servers[name].error}`),
  )
}

const loadNow = () => readFileSync("/proc/loadavg", "utf8").split(" ").slice(0, 3).join(" ")

/** Puts into the page what `render` makes of what stands there. */
function writePage(render) {
  const page = readFileSync(PAGE, "utf8")
  const [begin, end] = MARKS.map((mark) => page.indexOf(mark))
  if (begin < 0 || end < begin) stopWith("docs/performance.md lacks its bench marks")
  const start = begin + MARKS[0].length
  writeFileSync(PAGE, `${page.slice(0, start)}\n\n${render(page.slice(start, end))}\n${page.slice(end)}`)
}

const before = loadNow()
const date = new Date().toISOString()
const measured = await run()
const machine = { node: process.version, cpus: os.availableParallelism(), load: { before, after: loadNow() } }
const goals = judge(measured.rows, { byCpu: values.by === "cpu" })
const report = { date, ...machine, ...measured, goals }

const markdown = toMarkdown(report)
process.stdout.write(markdown)
if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`)
if (values.write) writePage((old) => (values.rows === undefined ? markdown : mergeMarkdown(old, report)))
const failures = unmeasured(measured.rows)
for (const failure of failures) say(failure)
if (failures.length > 0) process.exitCode = 4
if (values.goal) {
  for (const goal of goals) say(sayGoal(goal))
  const verdicts = goals.map(({ verdict }) => verdict)
  if (verdicts.includes("MISS")) process.exitCode = 1
  else if (verdicts.includes("noisy")) process.exitCode = 3
}
