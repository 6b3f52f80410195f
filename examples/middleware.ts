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
  provides: [currentUser],
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

// #region params
const trimmed = defineMiddleware({
  name: "trimmed",
  callTool(call, next) {
    const entries = Object.entries(call.params.arguments ?? {}).map(([name, value]) => [
      name,
      typeof value === "string" ? value.trim() : value,
    ])
    return next(call.withParams({ ...call.params, arguments: Object.fromEntries(entries) }))
  },
})
// #endregion

// #region order
const audit = defineMiddleware({
  name: "audit",
  requires: [currentUser], // `user` has to stand further out, and say `provides: [currentUser]`
  after: ["timing"],
  callTool(call, next) {
    console.error(`${call.get(currentUser)?.name} calls ${call.target}`)
    return next()
  },
})
// #endregion

// #region attach
const deprecation = defineMiddleware({
  name: "deprecation",
  attach(server) {
    const counts = new Map<string, number>()
    server.onClose(() => server.log({ level: "info", message: `Old tools: ${JSON.stringify([...counts])}` }))
    return {
      async callTool(call, next) {
        const tool = await server.find(call)
        if (tool?.tags.includes("old")) counts.set(tool.id, (counts.get(tool.id) ?? 0) + 1)
        return next()
      },
    }
  },
})
// #endregion

// #region stream
const patience = defineMiddleware({
  name: "patience",
  async callTool(call, next) {
    call.exchange.progress(0, undefined, "Waiting for a free worker")
    return next()
  },
})
// #endregion

const mcp = new FleetMCP("Middleware", { middleware: [timing, user, audit] }) // the first is the outermost
mcp.use(holiday, trimmed, deprecation, patience)

// #region require
mcp.tool({ name: "greet", description: "Greets" }, (_, ctx) => `Hello, ${ctx.require(currentUser).name}!`)
// #endregion
mcp.tool({ name: "hello", description: "Greets the old way", tags: ["old"] }, () => "Hello!")
mcp.tool({ name: "work", description: "Never happens" }, () => "Done")
mcp.tool({ name: "durations", description: "What took how long" }, () => durations)

export default mcp
