import { readFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "./run.ts"

/** A public entry of the package: one row of `exports`. */
export interface Entry {
  /** The row's key: `.` or `./http`. */
  readonly subpath: string
  /** What a user imports: `fleetmcp` or `fleetmcp/http`. */
  readonly specifier: string
  /** `dist/http/index.js`. */
  readonly output: string
  /** `src/http/index.ts`. */
  readonly source: string
}

/** One target of one row of `imports`, or of one row of `exports` that has several. */
export interface Target {
  readonly name: string
  readonly condition: string
  /** `dist/http/node-runtime.js`. */
  readonly output: string
  readonly source: string
}

/** What a name stands for: one file, or one for each condition. */
type Row = string | Readonly<Record<string, string>>

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, Row>>
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly imports?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

// `as`: the file is ours and check-exports.ts judges its two tables.
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest

/** Lists the public entries in the order of `exports`; of a row with several targets, the one of all other runtimes. */
export function entries(): readonly Entry[] {
  return Object.entries(manifest.exports).map(([subpath, row]) => {
    const output = (typeof row === "string" ? row : (row.default ?? "")).replace("./", "")
    return { subpath, specifier: subpath.replace(".", manifest.name), output, source: sourceOf(output) }
  })
}

/** Lists the targets of `imports`, a row for each condition. */
export function importTargets(): readonly Target[] {
  return targetsOf(manifest.imports ?? {})
}

/** Lists the entries that stand for a public one in some runtimes, a row for each condition. */
export function runtimeEntries(): readonly Target[] {
  const own = entries().map(({ source }) => source)
  return targetsOf(manifest.exports).filter(
    ({ condition, source }) => condition !== "types" && !own.includes(source),
  )
}

function targetsOf(rows: Readonly<Record<string, Row>>): readonly Target[] {
  return Object.entries(rows).flatMap(([name, row]) =>
    Object.entries(typeof row === "string" ? {} : row).map(([condition, target]) => {
      const output = target.replace("./", "")
      return { name, condition, output, source: sourceOf(output) }
    }),
  )
}

/** Lists the source files of the commands. */
export function commands(): readonly string[] {
  return Object.values(manifest.bin ?? {}).map((target) => sourceOf(target.replace("./", "")))
}

/** Lists the packages that users install with ours; all others that are imported are part of the build. */
export function installed(): readonly string[] {
  return Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
}

function sourceOf(output: string): string {
  return output.replace(/^dist\//, "src/").replace(/\.js$/, ".ts")
}
