import { UnreadableEnvFile } from "../errors/settings.ts"
import { currentHost } from "../shared/host.ts"
import { envFileVariable, type SettingSource } from "./settings.ts"

/** Texts by name, and what they are from. */
export interface Texts {
  readonly source: Extract<SettingSource, "flag" | "env" | "file">
  /** What people call it: ".env". */
  readonly label: string
  readonly texts: { readonly [name: string]: string | undefined }
}

/** The permissions of Deno, whose questions would stop a program. */
interface Permissions {
  querySync(query: { readonly name: "env" | "read" }): { readonly state: string }
}

/**
 * All that says something from outside of the program, the strongest first. Flags go by the names of settings,
 * everything else by the names of variables.
 */
export function settingSources(): readonly Texts[] {
  if (!isGranted("env")) return flags()
  const { env } = process
  return [
    ...flags(),
    { source: "env", label: "the environment", texts: env },
    ...envFile(env[envFileVariable]),
  ]
}

function flags(): readonly Texts[] {
  const host = currentHost()
  return host?.flags === undefined ? [] : [{ source: "flag", label: host.name, texts: host.flags }]
}

function envFile(named: string | undefined): readonly Texts[] {
  if (named === "" || !isGranted("read")) return []
  if (named === undefined && !(files().existsSync(".env") && isOwnFolder())) return []
  const path = named ?? ".env"
  try {
    const { parseEnv } = process.getBuiltinModule("node:util")
    return [{ source: "file", label: path, texts: parseEnv(files().readFileSync(path, "utf8")) }]
  } catch (error) {
    if (named === undefined) return []
    throw new UnreadableEnvFile(path, error)
  }
}

/** Not imported: to have its names Node loads all that `node:fs` has, streams and promises too, at every start. */
function files() {
  return process.getBuiltinModule("node:fs")
}

/**
 * Whether the program lies in the folder it was started in. A server that an editor starts in a stranger's project must
 * not be told by that project's file to listen on all addresses.
 */
function isOwnFolder(): boolean {
  const program = currentHost()?.program ?? process.argv[1]
  if (program === undefined) return false
  const { relative, resolve } = process.getBuiltinModule("node:path")
  const path = relative(real("."), real(resolve(program)))
  return !/^\.\.(?:[\\/]|$)|^[a-z]:|^[\\/]|(?:^|[\\/])node_modules[\\/]/i.test(path)
}

function real(path: string): string {
  try {
    return files().realpathSync(path)
  } catch {
    // A program that is no file, as in a bundle; what it is called decides.
    return path
  }
}

function isGranted(name: "env" | "read"): boolean {
  const { Deno: deno } = globalThis as { readonly Deno?: { readonly permissions?: Permissions } }
  return (deno?.permissions?.querySync({ name }).state ?? "granted") === "granted"
}
