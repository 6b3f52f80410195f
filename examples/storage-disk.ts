// #region disk
import { FleetMCP } from "fleetmcp"
import { createAtomic, scoped } from "fleetmcp/storage"
import { diskStorage } from "fleetmcp/storage/disk"
import * as z from "zod"

const storage = diskStorage({ folder: process.env.DATA_FOLDER ?? "./data" })
const seats = createAtomic(scoped(storage, "seats"), { subject: "Seats" })
const mcp = new FleetMCP("Theatre", { storage })

mcp.tool(
  { name: "book", description: "Book a seat", input: z.object({ seat: z.string(), name: z.string() }) },
  async ({ seat, name }) =>
    (await seats.putIfAbsent(seat, { name })) ? `${seat} is booked for ${name}` : `${seat} is taken`,
)

export default mcp
// #endregion
