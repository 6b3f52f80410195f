import { setTimeout as sleep } from "node:timers/promises"
import { FleetMCP, getContext } from "fleetmcp"
import * as z from "zod"

const mcp = new FleetMCP("Progress")

// #region progress
mcp.tool(
  { name: "import", description: "Imports files", input: z.object({ files: z.array(z.string()) }) },
  async ({ files }, ctx) => {
    for (const [index, name] of files.entries()) {
      await sleep(1, undefined, { signal: ctx.signal }) // stops when the client leaves
      ctx.progress(index + 1, files.length, name)
    }
    return `Imported ${files.length} files`
  },
)
// #endregion

// #region logging
mcp.tool({ name: "backup", description: "Logs what it does to clients that ask for it" }, (_, { log }) => {
  log.debug("Looking for changes")
  log.warning({ disk: "nearly full", percent: 91 }, "storage")
  return "Backed up"
})
// #endregion

// #region context
mcp.tool({ name: "whoami", description: "Says who calls" }, () => describeCaller())

function describeCaller(): string {
  const { client, request } = getContext() // anywhere below a handler
  return `${client.info?.name ?? "somebody"} speaks ${request.revision}`
}
// #endregion

export default mcp
