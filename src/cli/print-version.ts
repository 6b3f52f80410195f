import { join } from "node:path"
import { revisions } from "../spec/revisions.ts"
import { findEsbuild } from "./load/bundle.ts"
import { packageVersion } from "./package-version.ts"

/** Prints the versions that matter when something does not work. */
export async function printVersion(json: boolean): Promise<void> {
  const { versions, platform, arch } = process
  const other = ["bun", "deno"].find((name) => versions[name] !== undefined)
  // A server in this folder would be read by it.
  const esbuild = await findEsbuild(join(process.cwd(), "server.ts"))
  const all = {
    fleetmcp: packageVersion(),
    node: versions.node,
    runtime: other === undefined ? "node" : `${other} ${versions[other]}`,
    platform: `${platform} ${arch}`,
    esbuild: esbuild?.version ?? null,
    protocol: revisions,
  }
  const lines = Object.entries(all).map(
    ([name, value]) =>
      `${name.padEnd(10)}${Array.isArray(value) ? value.join(", ") : (value ?? "not installed")}`,
  )
  process.stdout.write(json ? `${JSON.stringify(all, undefined, 2)}\n` : `${lines.join("\n")}\n`)
}
