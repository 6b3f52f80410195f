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

/** One target of one row of `imports`. */
export interface Target {
  readonly name: string
  readonly condition: string
  readonly source: string
}

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, unknown>>
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly imports?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

// `as`: the file is ours and check-exports.ts judges its two tables.
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest

/** Lists the public entries in the order of `exports`; a row that is no string has an empty output. */
export function entries(): readonly Entry[] {
  return Object.entries(manifest.exports).map(([subpath, target]) => {
    const output = typeof target === "string" ? target.replace("./", "") : ""
    return { subpath, specifier: subpath.replace(".", manifest.name), output, source: sourceOf(output) }
  })
}

/** Lists the targets of `imports`, a row for each condition. */
export function importTargets(): readonly Target[] {
  return Object.entries(manifest.imports ?? {}).flatMap(([name, conditions]) =>
    Object.entries(conditions).map(([condition, target]) => ({
      name,
      condition,
      source: sourceOf(target.replace("./", "")),
    })),
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
