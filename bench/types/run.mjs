/**
 * Measures what the types of FleetMCP cost the compiler: 150 tools, against the same tools through the plainest typing
 * that infers anything, and against interfaces written by hand, which infer nothing.
 *
 *   node bench/types/run.mjs [--tools 150] [--rounds 7] [--compiler 6.0] [--json out.json] [--goal]
 *
 * Reads `dist/`. `--compiler` is 5.9, 6.0 or 7.0; `--goal` exits 1 where the goal is missed. Rounds are interleaved, and
 * the figures are medians of ratios within a round.
 */
import { execFile } from "node:child_process"
import { existsSync } from "node:fs"
import { mkdir, rm, writeFile } from "node:fs/promises"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs, promisify } from "node:util"
import { VARIANTS, writeTools } from "./generate.mjs"

/** The most time that the compiler may take for our variant, in times of `plain`. */
const GOAL = 1.2
const BASE = "plain"
const ROOT = fileURLToPath(new URL("../..", import.meta.url))
const COMPILERS = { 5.9: "test/types/ts59/", "6.0": "", "7.0": "test/types/ts70/" }

const { values } = parseArgs({
  options: {
    tools: { type: "string", default: "150" },
    rounds: { type: "string", default: "7" },
    compiler: { type: "string", default: "6.0" },
    json: { type: "string" },
    goal: { type: "boolean", default: false },
  },
})
const run = promisify(execFile)
const compiler = path.join(ROOT, COMPILERS[values.compiler], "node_modules/typescript/bin/tsc")
if (!existsSync(path.join(ROOT, "dist/index.d.ts"))) stopWith("dist/ is not built: npm run build")
if (!existsSync(compiler))
  stopWith(`TypeScript ${values.compiler} is not installed: npm run check -- type-tests`)

// Inside the repository, so that `fleetmcp` and `zod` are found as a user's project finds them.
const folder = path.join(ROOT, ".cache/bench-types")
await rm(folder, { recursive: true, force: true })
for (const variant of VARIANTS) await writeProject(variant)

const rounds = []
for (let round = 0; round < Number(values.rounds); round++) {
  const measured = {}
  for (const variant of VARIANTS) measured[variant] = await compile(variant)
  rounds.push(measured)
}

const figures = Object.fromEntries(VARIANTS.map((variant) => [variant, figuresOf(variant)]))
console.log(`TypeScript ${values.compiler}, ${values.tools} tools, ${rounds.length} rounds\n`)
console.log(`variant     total s  check s  instantiations  total ×  check ×   (× is of \`${BASE}\`)`)
for (const [variant, { total, check, instantiations, totalRatio, checkRatio }] of Object.entries(figures)) {
  const columns = [
    total.toFixed(2).padStart(7),
    check.toFixed(2).padStart(7),
    String(instantiations).padStart(14),
  ]
  const ratios = [totalRatio.toFixed(2).padStart(7), checkRatio.toFixed(2).padStart(7)]
  console.log(`${variant.padEnd(10)}  ${[...columns, ...ratios].join("  ")}`)
}
const { totalRatio } = figures.fleetmcp
const isMet = totalRatio <= GOAL
console.log(`\nfleetmcp ${totalRatio.toFixed(2)} × ${BASE}, goal ≤ ${GOAL}: ${isMet ? "met" : "missed"}`)
if (values.json !== undefined)
  await writeFile(values.json, JSON.stringify({ ...values, figures, rounds }, null, 2))
if (values.goal && !isMet) process.exitCode = 1

async function writeProject(variant) {
  const project = path.join(folder, variant)
  await mkdir(project, { recursive: true })
  const compilerOptions = {
    target: "ES2022",
    lib: ["ES2022", "ESNext.Disposable"],
    types: ["node"],
    module: "nodenext",
    moduleResolution: "nodenext",
    strict: true,
    skipLibCheck: true,
    noEmit: true,
  }
  await writeFile(
    path.join(project, "tsconfig.json"),
    JSON.stringify({ compilerOptions, files: ["tools.ts"] }),
  )
  await writeFile(path.join(project, "tools.ts"), writeTools(variant, Number(values.tools)))
}

async function compile(variant) {
  const args = [compiler, "-p", path.join(folder, variant), "--extendedDiagnostics"]
  const { stdout } = await run(process.execPath, args).catch((error) =>
    stopWith(`${variant}: ${error.stdout}`),
  )
  const figure = (name) => Number(new RegExp(`^${name}:\\s+([\\d.]+)`, "m").exec(stdout)?.[1])
  return {
    total: figure("Total time"),
    check: figure("Check time"),
    instantiations: figure("Instantiations"),
  }
}

function figuresOf(variant) {
  const of = (pick) => median(rounds.map((round) => pick(round[variant], round[BASE])))
  return {
    total: of(({ total }) => total),
    check: of(({ check }) => check),
    instantiations: of(({ instantiations }) => instantiations),
    totalRatio: of(({ total }, base) => total / base.total),
    checkRatio: of(({ check }, base) => check / base.check),
  }
}

function median(list) {
  const sorted = [...list].sort((one, other) => one - other)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

function stopWith(message) {
  console.error(message)
  process.exit(2)
}
