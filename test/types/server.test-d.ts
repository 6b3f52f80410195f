import {
  defineMiddleware,
  definePlugin,
  FleetMCP,
  type Middleware,
  type Plugin,
  prompt,
  type Resource,
  requireScopes,
  resource,
  type Template,
  tool,
} from "fleetmcp"
import * as z from "zod"
import { same } from "./same.ts"

const add = tool({ name: "add", input: z.object({ a: z.number() }) }, ({ a }) => a)
const settings = resource("config://a", () => 1)
const users = resource("users://{id}", ({ id }) => id)
const review = prompt("review", () => "x")

// Each option takes its own kind of component.

export const full = new FleetMCP("full", {
  version: "1.0.0",
  tools: [add],
  resources: [settings, users],
  prompts: [review],
  icons: ["https://example.com/icon.png"],
  cacheHints: { "tools/list": { ttlMs: 1000, scope: "public" } },
})
// @ts-expect-error Type '"resource"' is not assignable to type '"tool"'.
new FleetMCP("x", { tools: [settings] })
// @ts-expect-error Type 'Tool<"add", …>' is not assignable to type 'Resource | Template'.
new FleetMCP("x", { resources: [add] })
// @ts-expect-error Type '"template"' is not assignable to type '"prompt"'.
new FleetMCP("x", { prompts: [users] })
// @ts-expect-error 'port' does not exist in type 'FleetMCPOptions<readonly Tool[]>'.
new FleetMCP("x", { port: 3000 })
// @ts-expect-error '"tools/lst"' does not exist.
new FleetMCP("x", { cacheHints: { "tools/lst": {} } })

// A server with certain tools is a server.

export function serve(mcp: FleetMCP): FleetMCP {
  return mcp.add(add, settings, users, review).use()
}
serve(full)
serve(new FleetMCP("plain"))
full.remove(add)
full.replace(add)
// @ts-expect-error Argument of type 'string' is not assignable to parameter of type 'AnyComponent'.
full.add("add")

export const registered: Resource<"config://a"> | Template<"users://{id}"> =
  Math.random() > 1 ? settings : users

// Checks know who asks and for what.

tool({ name: "t", auth: requireScopes("admin") }, () => 1)
tool(
  {
    name: "t",
    auth: ({ principal, component }) => principal?.subject === "ada" && component.tags.includes("open"),
  },
  () => 1,
)
// @ts-expect-error Type 'string' is not assignable to type 'AuthCheck'.
tool({ name: "t", auth: "admin" }, () => 1)

// Middleware gets calls, and ends with an outcome.

export const timing = defineMiddleware({
  name: "timing",
  async request(call, next) {
    same<string>()(call.method)
    same<{ readonly [name: string]: unknown }>()(call.params)
    const outcome = await next()
    if (outcome.kind === "failure") same<number>()(outcome.error.code)
    return outcome
  },
  callTool: (call, next) => (call.round > 0 ? next() : next()),
  notification: (notice, next) => (notice.method === "x" ? undefined : next()),
})
same<Middleware>()(timing)
// @ts-expect-error Type 'void' is not assignable to type 'Outcome | Promise<Outcome>'.
defineMiddleware({ request: (_, next) => void next() })
// @ts-expect-error 'callTols' does not exist in type 'Middleware'.
defineMiddleware({ callTols: (_call: unknown, next: () => never) => next() })

// A plugin is typed as it is written.

export const plugin = definePlugin({
  id: "com.example/reports",
  methods: [
    {
      name: "com.example/report",
      check: ({ id }) => (typeof id === "string" ? undefined : "`id` must be a string."),
      run: (call) => ({ kind: "complete", result: { id: call.params.id } }),
    },
  ],
  notifications: { "com.example/seen": ({ params }) => void params },
  listenFilters: {
    reports: {
      honor: (wanted) => (wanted === true ? true : undefined),
      passes: (event, honored, principal) => {
        same<string>()(event.topic)
        return honored === true && principal !== undefined
      },
    },
  },
  routes: { "GET /reports": (request) => new Response(request.url) },
})
same<Plugin>()(plugin)
// @ts-expect-error Type 'string' is not assignable to type 'object'.
definePlugin({ id: "a/b", methods: [{ name: "m", run: () => ({ kind: "complete", result: "x" }) }] })
// @ts-expect-error 'hooks' does not exist in type 'Plugin'.
definePlugin({ id: "a/b", hooks: {} })
