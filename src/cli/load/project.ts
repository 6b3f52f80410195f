import { existsSync, readFileSync, realpathSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, isAbsolute, join } from "node:path"

/** What is read of a package.json. */
export interface Manifest {
  readonly name?: string
  readonly version?: string
  readonly packageManager?: string
  readonly exports?: unknown
  readonly dependencies?: { readonly [name: string]: string }
  readonly devDependencies?: { readonly [name: string]: string }
}

/** A tool that installs packages. */
export type PackageManager = "npm" | "pnpm" | "yarn" | "bun"

const lockfiles: readonly (readonly [file: string, manager: PackageManager])[] = [
  ["bun.lock", "bun"],
  ["bun.lockb", "bun"],
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["package-lock.json", "npm"],
]

/** Lists a folder and all it lies in, the nearest first. */
export function foldersAbove(folder: string): readonly string[] {
  const above = dirname(folder)
  return above === folder ? [folder] : [folder, ...foldersAbove(above)]
}

/** Reads the package.json of a folder; `undefined` where there is none that can be read. */
export function readManifest(folder: string): Manifest | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
    // Only for messages and commands, which a strange value spoils and nothing worse.
    return typeof manifest === "object" && manifest !== null ? (manifest as Manifest) : undefined
  } catch {
    // None, or not ours to judge: Node says what is wrong with one that it needs.
    return undefined
  }
}

/** The folder of the package that a file belongs to; without a package.json, the file's own. */
export function packageFolder(file: string): string {
  const folder = dirname(file)
  return foldersAbove(folder).find((each) => existsSync(join(each, "package.json"))) ?? folder
}

/** Finds what a file would be given for a name; `undefined` if that is not installed. */
export function resolveFrom(file: string, name: string): string | undefined {
  try {
    const path = createRequire(file).resolve(name)
    return isAbsolute(path) ? realpathSync(path) : path
  } catch {
    // Not there; what that means is the caller's to say.
    return undefined
  }
}

/** Says which tool installs packages in a folder: by its lockfile, or as package.json says. */
export function packageManagerOf(folder: string): PackageManager {
  for (const each of foldersAbove(folder)) {
    const named = /^(npm|pnpm|yarn|bun)@/.exec(readManifest(each)?.packageManager ?? "")?.[1]
    const locked = lockfiles.find(([file]) => existsSync(join(each, file)))?.[1]
    // The pattern has the names of the type.
    const manager = (named as PackageManager | undefined) ?? locked
    if (manager !== undefined) return manager
  }
  return "npm"
}

/** The command that adds a package to a project. */
export function addCommand(folder: string, name: string, kind: "run" | "dev" = "run"): string {
  const manager = packageManagerOf(folder)
  const isDev = kind === "dev"
  if (manager === "npm") return `npm install ${isDev ? "--save-dev " : ""}${name}`
  return `${manager} add ${isDev ? "-D " : ""}${name}`
}

/** The command that installs what package.json lists. */
export function installCommand(folder: string): string {
  return `${packageManagerOf(folder)} install`
}

/** The command that builds a package of the same workspace. */
export function buildCommand(folder: string, name: string): string {
  const commands: { readonly [manager in PackageManager]: string } = {
    npm: `npm run build --workspace ${name}`,
    pnpm: `pnpm --filter ${name} build`,
    yarn: `yarn workspace ${name} build`,
    bun: `bun run --filter ${name} build`,
  }
  return commands[packageManagerOf(folder)]
}
