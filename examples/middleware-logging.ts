// #region lines
import { contextKey, FleetMCP } from "fleetmcp"
import { type CallRecord, logging, structuredLogging } from "fleetmcp/middleware/logging"
import * as z from "zod"

const mcp = new FleetMCP("Bank", { middleware: [logging({ payloads: "arguments", redact: ["iban"] })] })
// #endregion

// #region records
const tenant = contextKey<string>("tenant")
export const records: CallRecord[] = []

mcp.use(
  structuredLogging({
    methods: ["tools/*", "!tools/list"],
    principal: true,
    sizes: true,
    sample: ({ method }) => (method === "tools/call" ? 1 : 0.1), // what went wrong is always logged
    fields: (message) => ("get" in message ? { tenant: message.get(tenant) } : {}),
    sink: (record) => void records.push(record), // default: a line of JSON in the server's own log
  }),
)
// #endregion

mcp.use({
  callTool(call, next) {
    call.set(tenant, "acme")
    return next()
  },
})

mcp.tool(
  { name: "pay", description: "Pays", input: z.object({ iban: z.string(), amount: z.number() }) },
  ({ amount }) => `Paid ${amount}`,
)
mcp.tool({ name: "fail", description: "Fails" }, () => {
  throw new Error("The bank is closed")
})

export default mcp
