import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"
import { afterAll, expect, it } from "vitest"

/** What is used of Miniflare, which is installed in a folder of its own. */
interface Miniflare {
  readonly ready: Promise<URL>
  dispose(): Promise<void>
}

const require = createRequire(new URL("miniflare/package.json", import.meta.url))
const local = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const worker = await build({
  entryPoints: [local("storage-worker.ts")],
  bundle: true,
  write: false,
  format: "esm",
  conditions: ["workerd"],
  external: ["cloudflare:*", "node:*"],
  tsconfigRaw: {},
  logLevel: "error",
})
// `as`: `npm run runtimes` installed it there, and only what is named above is used.
const { Miniflare } = require("miniflare") as { readonly Miniflare: new (options: object) => Miniflare }
const classes = { OBJECTS: "InspectedObject", BROKEN: "BrokenObject", FOREIGN: "ForeignObject" }
const miniflare = new Miniflare({
  modules: true,
  // Asks nobody where on earth this is.
  cf: false,
  script: worker.outputFiles[0]?.text,
  host: "127.0.0.1",
  compatibilityDate: "2026-06-01",
  compatibilityFlags: ["nodejs_compat"],
  kvNamespaces: ["KV"],
  durableObjects: Object.fromEntries(
    Object.entries(classes).map(([binding, className]) => [binding, { className, useSQLite: true }]),
  ),
})

afterAll(() => miniflare.dispose())

const origin = await miniflare.ready
// `as`: the worker answers so.
const names = (await (await fetch(origin)).json()) as readonly string[]

it.each(names.map((name, at) => [name, at] as const))("%s", async (_name, at) => {
  const answer = await fetch(new URL(String(at), origin))
  expect([answer.status, await answer.text()]).toEqual([200, ""])
})
