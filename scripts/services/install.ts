import { accessSync, constants, copyFileSync, existsSync, readdirSync, readFileSync } from "node:fs"
import { delimiter, join } from "node:path"
import { capture, root } from "../tools/run.ts"

/** The programs of the services, and the packages of Debian that have them. */
const packages = {
  "redis-server": "redis-server",
  initdb: "postgresql",
  postgres: "postgresql",
  java: "default-jdk-headless",
  mvn: "maven",
} as const

type ProgramName = keyof typeof packages

/** Debian keeps the programs of each major version apart. */
const versions = "/usr/lib/postgresql"

/** Finds a program of a service. */
export function findProgram(name: ProgramName): string {
  const found = search(name)
  if (found === undefined) throw new Error(`\`${name}\` is not installed: run \`npm run services\`.`)
  return found
}

/** The program that stands in for MongoDB. */
export const mongoFolder: string = join(root, "test/services/mongodb")

/** The libraries of that program. */
export const mongoLibraries: string = join(root, ".cache/services/mongodb")

/** Installs what is missing of the services, where that can be done. Otherwise throws what is to be done by hand. */
export async function installServices(): Promise<void> {
  await installPrograms()
  const [wanted, done] = [mongoFolder, mongoLibraries].map((folder) => join(folder, "pom.xml"))
  if (wanted === undefined || done === undefined || isSame(wanted, done)) return
  await run("mvn", [
    ...["--batch-mode", "--quiet", "--file", wanted],
    ...["dependency:copy-dependencies", `-DoutputDirectory=${mongoLibraries}`],
  ])
  copyFileSync(wanted, done)
}

async function installPrograms(): Promise<void> {
  const missing = new Set(names().flatMap((name) => (search(name) === undefined ? [packages[name]] : [])))
  if (missing.size === 0) return
  const list = [...missing].join(" ")
  const isPossible = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")
  if (!isPossible) {
    throw new Error(
      `The tests of services need what is not installed, and is installed by itself only on Debian, by root: ${list}. Install it (Debian: \`sudo apt-get install ${list}\`; macOS: \`brew install redis postgresql maven\`), and have ${names().join(", ")} on the PATH.`,
    )
  }
  console.log(`Installing ${list} …`)
  // In run level 1 the packages do not start what they install.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" }
  await run("apt-get", ["-qq", "update"], env)
  await run("apt-get", ["-qq", "install", "--yes", "--no-install-recommends", ...missing], env)
}

async function run(command: string, args: readonly string[], env = process.env): Promise<void> {
  const { code, output } = await capture(command, args, { env })
  if (code !== 0) throw new Error(`\`${[command, ...args].join(" ")}\` failed:\n${output}`)
}

function isSame(wanted: string, done: string): boolean {
  return existsSync(done) && readFileSync(done, "utf8") === readFileSync(wanted, "utf8")
}

function names(): readonly ProgramName[] {
  // `as`: the keys of the object above.
  return Object.keys(packages) as ProgramName[]
}

function search(name: ProgramName): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter)
  const own = existsSync(versions) ? readdirSync(versions).sort((a, b) => Number(b) - Number(a)) : []
  const candidates = [...folders, ...own.map((version) => join(versions, version, "bin"))]
  return candidates.map((folder) => join(folder, name)).find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    // That it is none is the answer.
    return false
  }
}
