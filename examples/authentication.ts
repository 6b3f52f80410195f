import { type Authenticator, createPrincipal, FleetMCP, requireScopes } from "fleetmcp"

// #region authenticator
// Real tokens are checked by their issuer's keys; these two are for trying things out.
const people = new Map([
  ["Bearer ada-token", await createPrincipal({ subject: "ada", scopes: ["notes:read", "notes:write"] })],
  ["Bearer bob-token", await createPrincipal({ subject: "bob", scopes: ["notes:read"] })],
])

const auth: Authenticator = {
  authenticate({ headers }) {
    const known = people.get(headers.get("authorization") ?? "")
    return known ?? { status: 401, headers: { "WWW-Authenticate": 'Bearer realm="notes"' } }
  },
}
// #endregion

const mcp = new FleetMCP("Notes", { auth })

// #region scopes
mcp.tool({ name: "whoami", description: "Says who calls" }, (_, ctx) => `${ctx.auth?.subject}`)
mcp.tool(
  { name: "erase", description: "Erases all notes", auth: requireScopes("notes:write") },
  () => "All notes are gone", // Bob neither sees nor calls it
)
mcp.resource({ uri: "notes://all", auth: requireScopes("notes:read") }, () => ["Buy tea"])
// #endregion

export default mcp
