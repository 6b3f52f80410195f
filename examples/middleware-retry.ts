// #region use
import { FleetMCP } from "fleetmcp"
import { isPassing, retry } from "fleetmcp/middleware/retry"

export const retried: string[] = []

const mcp = new FleetMCP("Weather", {
  middleware: [
    retry({
      attempts: 4,
      delayMs: 10,
      when: (error) => isPassing(error) || error instanceof RangeError,
      onRetry: ({ call, attempt }) => retried.push(`${call.target} ${attempt}`),
    }),
  ],
})

let visits = 0

mcp.tool({ name: "forecast", annotations: { readOnlyHint: true } }, () => {
  if (++visits < 3) throw Object.assign(new Error("The service hung up"), { code: "ECONNRESET" })
  return "Sunny"
})
// #endregion

export default mcp
