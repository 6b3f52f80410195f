import { existsSync, readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"

export type Runtime = "bun" | "deno" | "workerd"

/** Whose packages hold a runtime for one platform each, of which npm has installed the one of this machine, and where. */
const places: { readonly [runtime in Runtime]: { readonly scope: string; readonly file: string } } = {
  bun: { scope: "@oven", file: "bin/bun" },
  deno: { scope: "@deno", file: "deno" },
  workerd: { scope: "@cloudflare", file: "bin/workerd" },
}

/** The program of a runtime that `npm run runtimes` installed. */
export function binaryOf(runtime: Runtime): string {
  const { scope, file } = places[runtime]
  const packages = fileURLToPath(new URL(`${runtime}/node_modules/${scope}`, import.meta.url))
  const programs = (existsSync(packages) ? readdirSync(packages) : []).map(
    (name) => `${packages}/${name}/${file}`,
  )
  const program = programs.find((path) => existsSync(path))
  if (program === undefined)
    throw new Error(`${runtime} is not installed: start these tests by \`npm run runtimes\`.`)
  return program
}
