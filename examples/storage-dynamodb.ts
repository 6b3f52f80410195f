// #region storage
import { FleetMCP } from "fleetmcp"
import { createAtomic, scoped } from "fleetmcp/storage"
import { dynamodbStorage } from "fleetmcp/storage/dynamodb"

const storage = dynamodbStorage({ table: "fleetmcp", region: "eu-central-1" })
const visits = createAtomic(scoped(storage, "visits"))

const mcp = new FleetMCP("Demo", { storage })

mcp.tool({ name: "visit", description: "Count a visit" }, () => visits.increment("all"))

export default mcp
// #endregion
