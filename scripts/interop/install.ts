import { copyFileSync, existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { findNewNode } from "../tools/new-node.ts"
import { capture, root } from "../tools/run.ts"
import type { Client } from "./clients.ts"

/** What runs the programs of clients. */
export type Runtimes = Readonly<Record<Client["runtime"], string>>

const folder = join(root, "interop")
const environment = join(folder, ".venv")

/** Installs what the clients need, where it is missing or was locked anew. A runtime that is missing is an error. */
export async function install(): Promise<Runtimes> {
  await installOnce("package-lock.json", "node_modules", [
    // The inspector needs a newer Node than the one that may install it.
    ["npm", "ci", "--engine-strict=false", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder],
  ])
  await installOnce("requirements.txt", ".venv", [
    ["python3", "-m", "venv", "--clear", environment],
    [python(), "-m", "pip", "install", "--no-input", "--quiet", "-r", join(folder, "requirements.txt")],
  ])
  return { node: process.execPath, "new node": await findNewNode(), python: python() }
}

function python(): string {
  return join(environment, process.platform === "win32" ? "Scripts/python.exe" : "bin/python")
}

/** Runs the commands that install a lockfile, unless its copy in the installed folder says that they were run. */
async function installOnce(
  lock: string,
  installed: string,
  commands: readonly (readonly [string, ...string[]])[],
): Promise<void> {
  const wanted = join(folder, lock)
  const done = join(folder, installed, lock)
  if (existsSync(done) && readFileSync(done, "utf8") === readFileSync(wanted, "utf8")) return
  for (const [command, ...args] of commands) {
    const { code, output } = await capture(command, args)
    if (code !== 0) throw new Error(`\`${[command, ...args].join(" ")}\` failed:\n${output}`)
  }
  copyFileSync(wanted, done)
}
