/**
 * Tests storages with the servers they are made for: `npm run services`, or some of them by parts of their names:
 * `npm run services -- redis`. Servers that are missing are installed where that can be done. Each test file starts its
 * own on loopback, with a folder of its own, and ends it.
 */
import { installServices } from "./services/install.ts"
import { runNode } from "./tools/run.ts"

await installServices().catch((error: Error) => {
  console.log(`${error.message}\n0 passed, 1 failed`)
  process.exit(1)
})
const suite = ["run", "--config", "test/services/vitest.config.ts", ...process.argv.slice(2)]
await runNode("node_modules/vitest/vitest.mjs", suite)
