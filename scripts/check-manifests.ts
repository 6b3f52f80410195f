/** Checks versions, lockfiles and the page about dependencies. */
import { existsSync, readFileSync } from "node:fs"
import { report } from "./tools/report.ts"

/** Every folder with a package.json of its own; `bench/` has looser rules, it compares what is newest. */
const folders = [
  ".",
  "conformance",
  "interop",
  ".ci/node22",
  ".ci/node24",
  ".ci/node26",
  "test/types/ts59",
  "test/types/ts70",
  "test/hosts",
  "test/runtimes/bun",
  "test/runtimes/deno",
  "test/runtimes/workerd",
  "test/runtimes/miniflare",
]
const page = "docs/dependencies.md"

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const problems = [
  ...folders.flatMap(versionProblems),
  ...[...folders, "bench"].flatMap(lockProblems),
  ...pageProblems(),
]
report(problems, {
  right: `${folders.length} manifests are exact and locked`,
  fix: "Install with `npm install --save-exact` in that folder; document a dependency before using it.",
})

function manifest(folder: string): Manifest {
  // `as`: npm itself refuses a package.json of another shape.
  return JSON.parse(readFileSync(`${folder}/package.json`, "utf8")) as Manifest
}

function versionProblems(folder: string): readonly string[] {
  const { dependencies, devDependencies, optionalDependencies } = manifest(folder)
  return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
    .filter(([, version]) => !/^(npm:[^ ]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    .map(([name, version]) => `${folder}/package.json: \`${name}\` is "${version}", not one exact version`)
}

function lockProblems(folder: string): readonly string[] {
  const path = `${folder}/package-lock.json`
  if (!existsSync(path)) return [`${path} is missing`]
  const hosts = readFileSync(path, "utf8").match(/"resolved": "http/g)?.length ?? 0
  return hosts === 0
    ? []
    : [`${path}: ${hosts} \`resolved\` hosts; set omit-lockfile-registry-resolved=true and lock again`]
}

/** Each runtime dependency has its heading, each development dependency its row. */
function pageProblems(): readonly string[] {
  const text = existsSync(page) ? readFileSync(page, "utf8") : ""
  const { dependencies = {}, devDependencies = {} } = manifest(".")
  const lines = text.split("\n")
  const named = (name: string, start: string): boolean =>
    lines.some((line) => line.startsWith(`${start}\`${name}\``))
  return [
    ...Object.keys(dependencies)
      .filter((name) => !named(name, "## "))
      .map((name) => `${page}: no heading for \`${name}\``),
    ...Object.keys(devDependencies)
      .filter((name) => !named(name, "| "))
      .map((name) => `${page}: no row for \`${name}\``),
  ]
}
