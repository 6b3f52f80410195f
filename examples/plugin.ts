import { definePlugin, FleetError, FleetMCP } from "fleetmcp"

// #region plugin
const votes = new Map<string, number>()

class NoSuchOption extends FleetError {
  readonly code = "NO_SUCH_OPTION"
  override readonly rpc = -32602
}

const polls = definePlugin({
  id: "com.example/polls", // clients and server advertise it under this id
  settings: { options: ["tea", "coffee"] },
  methods: [
    {
      name: "com.example/vote",
      check: ({ option }) => (typeof option === "string" ? undefined : "`option` must be a string."),
      run(call) {
        const option = String(call.params.option)
        if (option !== "tea" && option !== "coffee") throw new NoSuchOption(`There is no \`${option}\`.`)
        votes.set(option, (votes.get(option) ?? 0) + 1)
        return { kind: "complete", result: { votes: votes.get(option) } }
      },
    },
  ],
  notifications: {
    "notifications/com.example/reset": () => votes.clear(),
  },
  routes: { "GET /votes": () => Response.json(Object.fromEntries(votes)) },
  lifespan: async () => {
    votes.set("tea", 0) // open what the plugin needs
    return async () => votes.clear() // and close it
  },
  on: { call: { end: (call, outcome) => console.error(call.method, outcome.kind) } }, // for telemetry
})
// #endregion

const mcp = new FleetMCP("Plugin", { plugins: [polls] })
mcp.tool({ name: "result", description: "The votes so far" }, () => Object.fromEntries(votes))

export default mcp
