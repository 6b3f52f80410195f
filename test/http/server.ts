import * as z from "zod"
import { FleetMCP, type FleetMCPOptions } from "../../src/fleet-mcp.ts"

/** A server whose log is kept out of the test's output. */
export function quietServer(options: FleetMCPOptions = {}): FleetMCP {
  return new FleetMCP("http-test", { log: () => undefined, ...options })
}

/** A server with a tool for each way in which an answer can come. */
export function sampleServer(options: FleetMCPOptions = {}): FleetMCP {
  const mcp = quietServer(options)
  mcp.tool(
    { name: "add", input: z.object({ a: z.number(), b: z.number() }) },
    ({ a, b }) => a + b,
  )
  mcp.tool({ name: "echo", input: z.object({ value: z.unknown() }) }, ({ value }) => ({ value }))
  mcp.tool({ name: "steps", input: z.object({ steps: z.number() }) }, ({ steps }, ctx) => {
    for (let step = 1; step <= steps; step++) ctx.progress(step, steps)
    return "done"
  })
  return mcp
}
