import { contextKey, defineMiddleware, FleetMCP } from "fleetmcp"

// #region key
interface User {
  readonly name: string
}

const currentUser = contextKey<User>("currentUser")
// #endregion

// #region timing
const durations: string[] = []

const timing = defineMiddleware({
  name: "timing",
  async request(call, next) {
    const start = performance.now()
    const outcome = await next()
    durations.push(`${call.method} ${outcome.kind} ${Math.round(performance.now() - start)} ms`)
    return outcome
  },
})
// #endregion

// #region user
const user = defineMiddleware({
  name: "user",
  callTool(call, next) {
    const name = call.headers?.get("x-user") ?? "somebody"
    call.set(currentUser, { name })
    return next()
  },
})
// #endregion

// #region answer
const holiday = defineMiddleware({
  name: "holiday",
  callTool(call, next) {
    if (call.params.name !== "work") return next()
    return { kind: "complete", result: { content: [{ type: "text", text: "Not today" }] } }
  },
})
// #endregion

const mcp = new FleetMCP("Middleware", { middleware: [timing, user] }) // the first is the outermost
mcp.use(holiday)

// #region require
mcp.tool({ name: "greet", description: "Greets" }, (_, ctx) => `Hello, ${ctx.require(currentUser).name}!`)
// #endregion
mcp.tool({ name: "work", description: "Never happens" }, () => "Done")
mcp.tool({ name: "durations", description: "What took how long" }, () => durations)

export default mcp
