// #region audit
import { FleetMCP } from "fleetmcp"
import { audit, readAudit, verifyAudit } from "fleetmcp/middleware/audit"
import { memoryStorage } from "fleetmcp/storage"

const storage = memoryStorage() // a database, where it is to last
const trail = audit({ to: storage, onFailure: "refuse" })
const mcp = new FleetMCP("Bank", { middleware: [trail] })

mcp.tool({ name: "pay", description: "Pays" }, () => "paid")

export const verdict = () => verifyAudit(readAudit(storage), { anchors: trail.heads() })

export default mcp
// #endregion
