/**
 * Runs the gates of the repository: `npm run check`, or some of them by name: `npm run check -- floors api`.
 * A gate is one row here; it exits non-zero and says what to do when it fails.
 */
import { capture } from "./tools/run.ts"

interface Gate {
  readonly name: string
  /** A JavaScript file of a package, or a TypeScript file of `scripts/`, and its arguments. */
  readonly run: readonly [file: string, ...args: string[]]
  /** What to do when it fails, where its own output does not say. */
  readonly fix?: string
  /** Reads `dist/`. */
  readonly isAfterBuild?: true
}

const bin = (file: string): string => `node_modules/${file}`

const gates: readonly Gate[] = [
  {
    name: "build",
    run: ["scripts/build.ts"],
    fix: "Exported names of src/ state their types (isolatedDeclarations).",
  },
  {
    name: "biome",
    run: [bin("@biomejs/biome/bin/biome"), "check", "--error-on-warnings"],
    fix: "Run `npm run format`, then mend the rest by hand.",
  },
  { name: "types", run: [bin("typescript/bin/tsc"), "-p", "tsconfig.json"] },
  {
    name: "floors",
    run: [
      bin("dependency-cruiser/bin/dependency-cruise.mjs"),
      "--config",
      ".dependency-cruiser.cjs",
      "--output-type",
      "err-long",
      "src",
      "scripts",
    ],
  },
  {
    name: "knip",
    run: [bin("knip/bin/knip.js")],
    fix: "Delete what nothing uses, or use it; a public name is exported by an entry of package.json.",
  },
  {
    name: "shipped",
    run: [bin("knip/bin/knip.js"), "--production", "--include", "files"],
    fix: "Only tests reach these files: wire them in or delete them.",
  },
  { name: "manifests", run: ["scripts/check-manifests.ts"] },
  { name: "errors", run: ["scripts/check-errors.ts"] },
  { name: "docstrings", run: ["scripts/check-docstrings.ts"] },
  { name: "guarantees", run: ["scripts/guarantees-table.ts"] },
  { name: "snippets", run: ["scripts/sync-snippets.ts"] },
  { name: "pages", run: ["scripts/check-snippets.ts"] },
  { name: "sizes", run: ["scripts/check-sizes.ts"] },
  { name: "exports", run: ["scripts/check-exports.ts"], isAfterBuild: true },
  { name: "package", run: ["scripts/check-package.ts"], isAfterBuild: true },
  { name: "api", run: ["scripts/api-report.ts"], isAfterBuild: true },
  { name: "bundle", run: ["scripts/check-bundle.ts"], isAfterBuild: true },
  { name: "type-tests", run: ["scripts/type-tests.ts"], isAfterBuild: true },
]

const failed = new Set<string>()
const chosen = choose(process.argv.slice(2))
const build = chosen.find((gate) => gate.name === "build")
if (build) await runGate(build)
const queue = chosen.filter((gate) => gate !== build)
// Two at a time: most gates are one busy thread.
await Promise.all([drain(), drain()])
console.log(`\n${chosen.length - failed.size} passed, ${failed.size} failed`)
process.exitCode = failed.size > 0 ? 1 : 0

/** Picks the named gates, and the build when one of them reads it; all without names. */
function choose(names: readonly string[]): readonly Gate[] {
  const unknown = names.filter((name) => !gates.some((gate) => gate.name === name))
  if (unknown.length > 0) {
    console.error(`No gate ${unknown.join(", ")}. There are: ${gates.map((gate) => gate.name).join(", ")}.`)
    process.exit(1)
  }
  if (names.length === 0) return gates
  const named = gates.filter((gate) => names.includes(gate.name))
  const isBuilt = named.some((gate) => gate.isAfterBuild)
  return gates.filter((gate) => named.includes(gate) || (gate.name === "build" && isBuilt))
}

async function drain(): Promise<void> {
  for (let gate = queue.shift(); gate; gate = queue.shift()) await runGate(gate)
}

async function runGate(gate: Gate): Promise<void> {
  const started = performance.now()
  const { code, output } = await capture(process.execPath, [...loader(gate.run[0]), ...gate.run])
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  if (code === 0) {
    const last = output.trim().split("\n").at(-1) ?? ""
    const isOurs = gate.run[0].startsWith("scripts/")
    console.log(`ok    ${gate.name.padEnd(10)} ${seconds.padStart(5)} s  ${isOurs ? last : ""}`)
    return
  }
  failed.add(gate.name)
  console.log(`FAIL  ${gate.name.padEnd(10)} ${seconds.padStart(5)} s\n\n${output.trim()}\n`)
  if (gate.fix) console.log(`To mend it: ${gate.fix}`)
  console.log(`Alone: npm run check -- ${gate.name}\n`)
}

function loader(file: string): readonly string[] {
  return file.endsWith(".ts") ? ["--import", "tsx"] : []
}
