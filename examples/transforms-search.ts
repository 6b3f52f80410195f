// #region use
import { FleetMCP } from "fleetmcp"
import { toolSearch } from "fleetmcp/transforms/search"
import * as z from "zod"

const mcp = new FleetMCP("Office", { transforms: [toolSearch({ alwaysVisible: ["help"] })] })

mcp.tool({ name: "help", description: "Says what this server is for" }, () => "Letters and rooms.")
mcp.tool(
  {
    name: "book_room",
    description: "Books a meeting room",
    input: z.object({ people: z.number().describe("How many seats are needed") }),
  },
  ({ people }) => `A room for ${people}`,
)
// #endregion

export default mcp
