import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"

export type Runtime = "bun" | "deno" | "workerd"

/** Where the packages of each runtime for one platform have its program. */
const programs: { readonly [runtime in Runtime]: string } = {
  bun: "@oven/bun-linux-x64/bin/bun",
  deno: "@deno/linux-x64-glibc/deno",
  workerd: "@cloudflare/workerd-linux-64/bin/workerd",
}

/** The program of a runtime that `npm run runtimes` installed. */
export function binaryOf(runtime: Runtime): string {
  const program = fileURLToPath(new URL(`${runtime}/node_modules/${programs[runtime]}`, import.meta.url))
  if (!existsSync(program))
    throw new Error(`${runtime} is not installed: start these tests by \`npm run runtimes\`, on Linux.`)
  return program
}
