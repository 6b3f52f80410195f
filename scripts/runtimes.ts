/**
 * Runs the tests of the package on other runtimes and in web frameworks: `npm run runtimes`, or some of them by the names
 * of their files: `npm run runtimes -- bun express`. They are installed in folders of their own when they are missing.
 */
import { existsSync } from "node:fs"
import { capture, runNode } from "./tools/run.ts"

const folders = [
  "test/runtimes/bun",
  "test/runtimes/deno",
  "test/runtimes/workerd",
  "test/runtimes/miniflare",
  "test/hosts",
]

for (const folder of folders) if (!existsSync(`${folder}/node_modules`)) await install(folder)
await runNode("node_modules/tsx/dist/cli.mjs", ["scripts/build.ts"])
await runNode("node_modules/typescript/bin/tsc", ["-p", "test/hosts/tsconfig.json", "--pretty", "false"])
const suite = ["run", "--config", "test/runtimes/vitest.config.ts", ...process.argv.slice(2)]
await runNode("node_modules/vitest/vitest.mjs", suite)

async function install(folder: string): Promise<void> {
  // What asks for a newer Node than ours may run on it all the same: the tests say whether it does.
  const { code, output } = await capture("npm", ["ci", "--engine-strict=false", "--prefix", folder])
  if (code === 0) return
  console.error(`npm ci in ${folder} failed:\n${output}`)
  process.exit(1)
}
