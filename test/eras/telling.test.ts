import { expect, it } from "vitest"
import { createPrincipal, type FleetMCP, requireScopes } from "../../src/index.ts"
import { isStateless } from "../../src/spec/revisions.ts"
import type { TestClient } from "../../src/testing/index.ts"
import { turn } from "../http/entries.ts"
import { describeEras } from "./eras.ts"
import { memory } from "./transports.ts"

const uri = "docs://guide"
const [ada, bob] = await Promise.all(
  ["ada", "bob"].map((subject) => createPrincipal({ subject, scopes: subject === "ada" ? ["secret"] : [] })),
)

/** Listens, and gives what is heard. */
async function listening(client: TestClient): Promise<string[]> {
  const heard: string[] = []
  await client.listen({ toolsListChanged: true, resourceSubscriptions: [uri] }, ({ method, params }) => {
    heard.push(typeof params.uri === "string" ? params.uri : method)
  })
  return heard
}

/** What was heard once all that can happen has happened. Different changes come in any order. */
async function settled(heard: readonly string[][]): Promise<readonly string[][]> {
  for (let n = 0; n < 10; n++) await turn()
  return heard.map((each) => each.toSorted())
}

function withDocs(mcp: FleetMCP): FleetMCP {
  mcp.resource(uri, () => "text")
  mcp.tool({ name: "tell_me" }, (_, ctx) => {
    mcp.resourceUpdated(uri, { to: ctx })
    mcp.listChanged("tool", { to: [ctx] })
    return "told"
  })
  return mcp
}

const told = [uri, "notifications/tools/list_changed"]

describeEras(
  "a change",
  (t) => {
    it("is told to all who listen", async () => {
      const mcp = withDocs(t.server())
      const [one, other] = [await t.connect(mcp), await t.connect(mcp)]
      const heard = [await listening(one), await listening(other)]
      mcp.resourceUpdated(uri)
      mcp.listChanged("tool")
      expect(await settled(heard)).toEqual([told, told])
    })

    it("is told to one principal", async () => {
      const mcp = withDocs(t.server())
      const heard = await Promise.all(
        [ada, bob, undefined].map(async (principal) =>
          listening(await t.connect(mcp, principal && { principal })),
        ),
      )
      mcp.resourceUpdated(uri, { to: ada as NonNullable<typeof ada> })
      expect(await settled(heard)).toEqual([[uri], [], []])
    })

    it("is told to nobody who may not read what has changed", async () => {
      const mcp = t.server()
      mcp.resource({ uri, auth: requireScopes("secret") }, () => "text")
      const heard = await Promise.all(
        [ada, bob, undefined].map(async (principal) =>
          listening(await t.connect(mcp, principal && { principal })),
        ),
      )
      mcp.resourceUpdated(uri)
      expect(await settled(heard)).toEqual([[uri], [], []])
    })
  },
  { over: [memory] },
)

describeEras(
  "a change for the session of a call",
  (t) => {
    it("is told to that session alone, though others are of the same principal", async () => {
      const mcp = withDocs(t.server())
      const options = { principal: ada as NonNullable<typeof ada> }
      const [one, other] = [await t.connect(mcp, options), await t.connect(mcp, options)]
      const heard = [await listening(one), await listening(other)]
      await one.callTool("tell_me")
      expect(await settled(heard)).toEqual([told, []])
    })
  },
  { over: [memory], knows: (revision) => !isStateless(revision) },
)

describeEras(
  "a change for the principal of a call",
  (t) => {
    it("is told to all that the principal listens with", async () => {
      const mcp = withDocs(t.server())
      const clients = await Promise.all(
        [ada, ada, bob].map((principal) => t.connect(mcp, principal && { principal })),
      )
      const heard = await Promise.all(clients.map(listening))
      await clients[0]?.callTool("tell_me")
      expect(await settled(heard)).toEqual([told, told, []])
    })

    it("is refused where nobody is known", async () => {
      const client = await t.connect(withDocs(t.server()))
      expect(JSON.stringify(await client.callTool("tell_me"))).toContain("`to`")
    })
  },
  { over: [memory], knows: isStateless },
)

describeEras("a log level", (t) => {
  it("is that of the session, or of the request, and nothing less severe is sent", async () => {
    const mcp = t.server()
    mcp.tool({ name: "logs" }, (_, { log }) => {
      log.debug("1")
      log.notice("2")
      log.warning("3")
      log.emergency("4", "disk")
      return "done"
    })
    const heard: unknown[] = []
    const client = await t.connect(mcp, {
      logLevel: "warning",
      onLog: ({ data, logger }) => heard.push([data, logger]),
    })
    await client.callTool("logs")
    expect(heard).toEqual([
      ["3", undefined],
      ["4", "disk"],
    ])
    if (!isStateless(t.revision)) await client.request("logging/setLevel", { level: "emergency" })
    const options = isStateless(t.revision) ? { logLevel: "emergency" as const } : {}
    heard.length = 0
    await client.callTool("logs", {}, options)
    expect(heard).toEqual([["4", "disk"]])
  })
})

describeEras("a request", (t) => {
  it("knows what carries it", async () => {
    const mcp = t.server()
    mcp.tool({ name: "see" }, (_, { request }) => String(request.transport))
    mcp.tool({ name: "nested" }, async (_, ctx) => (await ctx.callTool("see")).content)
    const client = await t.connect(mcp)
    const expected = { memory: "memory", lines: "stdio", http: "http" }[t.transport as "memory"]
    expect(await client.callTool("see")).toMatchObject({ content: [{ text: expected }] })
    expect(JSON.stringify(await client.callTool("nested"))).toContain(expected)
  })
})
