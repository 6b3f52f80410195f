/** The install row: what `npm i` puts into an empty folder. */
import { execFile } from "node:child_process"
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import os from "node:os"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL("../..", import.meta.url))
/** What peers weighed when they were last installed with `--full`: figures that do not depend on the machine. */
const PEERS = {
  "sdk-v2": { packages: ["@modelcontextprotocol/server@2.4.0"], known: { megabytes: 14.5, packages: 3 } },
  "sdk-v1": { packages: ["@modelcontextprotocol/sdk@1.32.2"], known: { megabytes: 17.4, packages: 98 } },
  fastmcp: { packages: ["fastmcp@4.20.16"], known: { megabytes: 47.1, packages: 197 } },
  tmcp: {
    packages: ["tmcp@1.20.0", "@tmcp/adapter-zod@0.1.7", "@tmcp/transport-http@0.9.0", "zod@4.6.7"],
    known: { megabytes: 8.8, packages: 12 },
  },
  "mcp-lite": { packages: ["mcp-lite@0.10.0"], known: { megabytes: 0.5, packages: 2 } },
}

export async function runInstall({ servers, full }) {
  const results = {}
  const wanted = (name) => servers === undefined || servers.includes(name)
  if (wanted("fleetmcp")) results.fleetmcp = await attempt(weighOurs)
  for (const [name, { packages, known }] of Object.entries(PEERS)) {
    if (!wanted(name)) continue
    results[name] = full ? await attempt(() => weigh(packages)) : { ...known, known: true }
  }
  return results
}

const attempt = (work) =>
  work().catch((error) => ({ error: (error.stderr || error.message).trim().split("\n")[0] }))

async function weighOurs() {
  const folder = await mkdtemp(path.join(os.tmpdir(), "fleetmcp-pack-"))
  try {
    const args = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder]
    const { stdout } = await run("npm", args, { cwd: ROOT })
    const [packed] = Object.values(JSON.parse(stdout))
    if (!packed.files.some((file) => file.path === "dist/index.js"))
      throw new Error("the package holds no dist/index.js")
    return { ...(await weigh([path.join(folder, packed.filename)])), tarballKilobytes: packed.size / 1000 }
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function weigh(packages) {
  const folder = await mkdtemp(path.join(os.tmpdir(), "fleetmcp-install-"))
  try {
    await writeFile(path.join(folder, "package.json"), '{"private":true}')
    await run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", ...packages], { cwd: folder })
    const modules = path.join(folder, "node_modules")
    const lock = JSON.parse(await readFile(path.join(modules, ".package-lock.json"), "utf8"))
    return { megabytes: (await bytesIn(modules)) / 1e6, packages: Object.keys(lock.packages).length }
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function bytesIn(folder) {
  let total = 0
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) total += (await stat(path.join(entry.parentPath ?? entry.path, entry.name))).size
  }
  return total
}
