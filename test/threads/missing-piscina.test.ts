import { expect, it } from "vitest"
import { install } from "../support/installation.ts"

const installation = await install(["piscina"])

installation.write({
  "work.mjs": `
    import { threadWork } from "fleetmcp/threads"
    export default threadWork(import.meta.url, { double: (n) => 2 * n })`,
  "server.mjs": `
    import { FleetMCP } from "fleetmcp"
    import { threadPool } from "fleetmcp/threads"
    import work from "./work.mjs"
    const pool = threadPool(work)
    const mcp = new FleetMCP("Demo")
    mcp.tool({ name: "answer" }, (_, ctx) => pool.run("double", 21, ctx))
    export default mcp`,
})

it("says that `piscina` is not installed, and how to install it", { timeout: 30_000 }, async () => {
  const { code, stdout, stderr } = await installation.fleetmcp(["call", "server.mjs", "answer"])
  expect(`${stdout}${stderr}`).toContain(
    "`fleetmcp/threads` needs the package `piscina`, which cannot be loaded. Run `npm install piscina`.",
  )
  expect(stderr).toContain("MISSING_PISCINA")
  expect(code).toBe(1)
})
