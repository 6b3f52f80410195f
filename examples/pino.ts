// #region pino
import { FleetMCP } from "fleetmcp"
import { structuredLogging } from "fleetmcp/middleware/logging"
import { pinoLog } from "fleetmcp/middleware/pino"
import { pino } from "pino"

const logger = pino({ name: "demo" }, pino.destination({ fd: 2, sync: true })) // 2: standard error

const mcp = new FleetMCP("Demo", { log: pinoLog(logger), middleware: [structuredLogging()] })
// #endregion

mcp.tool({ name: "ping", description: "Answers" }, () => "pong")

export default mcp
