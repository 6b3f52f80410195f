// #region template
import { FleetMCP, tool } from "fleetmcp"
import { cache } from "fleetmcp/middleware/cache"
import { errors } from "fleetmcp/middleware/errors"
import { injectTools } from "fleetmcp/middleware/inject-tools"
import { structuredLogging } from "fleetmcp/middleware/logging"
import { promptTools } from "fleetmcp/middleware/prompt-tools"
import { rateLimit } from "fleetmcp/middleware/rate-limit"
import { resourceTools } from "fleetmcp/middleware/resource-tools"
import { timing } from "fleetmcp/middleware/timing"
import * as z from "zod"

const failures = errors()
const durations = timing({
  slowMs: 2000,
  onSlow: ({ target, ms }) => console.error(`${target} took ${ms} ms`),
})
const results = cache({ callTool: { only: ["search"], ttlMs: 300_000 } })

const statistics = tool({ name: "statistics", description: "What the server did so far" }, () => ({
  failures: failures.counts(),
  slowest: durations.statistics().targets,
  cache: results.statistics(),
}))

const mcp = new FleetMCP("Library", {
  // From the outside in: what measures sees what is refused, and what answers from memory stands behind what refuses.
  middleware: [
    failures, // words and counts what goes wrong
    durations, // how long requests take
    structuredLogging(), // a line of JSON for each
    rateLimit({ perSecond: 20 }), // of each caller
    results, // equal searches run once
    injectTools([statistics]),
    promptTools(), // prompts and resources, for clients that know only tools
    resourceTools(),
  ],
})

mcp.tool(
  { name: "search", description: "Finds books", input: z.object({ words: z.string() }) },
  ({ words }) => `Books about ${words}`,
)
mcp.resource("library://hours", () => "9 to 17")
mcp.prompt(
  { name: "recommend", description: "Asks for a book", args: z.object({ topic: z.string() }) },
  ({ topic }) => {
    return `Recommend a book about ${topic}.`
  },
)

export default mcp
// #endregion
