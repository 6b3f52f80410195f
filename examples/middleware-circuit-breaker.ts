// #region breaker
import { FleetMCP } from "fleetmcp"
import { circuitBreaker } from "fleetmcp/middleware/circuit-breaker"

export const breaker = circuitBreaker({ failureRate: 0.5, minCalls: 4, openMs: 10_000 })

const mcp = new FleetMCP("Careful", { middleware: [breaker] })
mcp.tool({ name: "search", description: "Searches" }, () => {
  throw new Error("The index is down")
})
mcp.tool({ name: "health", description: "What is left alone" }, () =>
  [...breaker.states()].filter(([, { state }]) => state === "open").map(([tool]) => tool),
)
// #endregion

export default mcp
