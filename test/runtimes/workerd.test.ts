import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { build } from "esbuild"
import { inject } from "vitest"
import { binaryOf } from "./binary.ts"
import { start } from "./program.ts"
import { describeServed, type Served } from "./served.ts"

/** Bundles a module as for a deployment, and serves it. */
async function serve(name: string): Promise<Served> {
  const folder = inject("consumer")
  await build({
    absWorkingDir: folder,
    entryPoints: [`${name}.ts`],
    outfile: `${name}.worker.js`,
    bundle: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*"],
    tsconfigRaw: {},
    logLevel: "error",
  })
  writeFileSync(join(folder, `${name}.capnp`), configOf(name))
  const program = start(binaryOf("workerd"), ["serve", `${name}.capnp`, "--control-fd=1"])
  const [, port] = await program.until(/"event":"listen","socket":"http","port":(\d+)/)
  return { origin: `http://127.0.0.1:${port}`, stop: program.stop }
}

const configOf = (name: string) => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "${name}.worker.js")],
  bindings = [(name = "MCP_SECRET", text = "a secret of thirty-two characters!")],
  compatibilityDate = "2026-11-01",
);
`

describeServed("the default export, served by workerd", () => serve("server"))
describeServed("the module that `workers()` makes, served by workerd", () => serve("worker"), {
  hasSessions: false,
  checksHosts: false,
})
