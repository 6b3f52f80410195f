import { describe, expect, it } from "vitest"
import { RequestFailed } from "../errors/testing.ts"
import { FleetMCP } from "../fleet-mcp.ts"
import { connect } from "./connect.ts"
import type { Notification } from "./options.ts"

function server(): FleetMCP {
  const mcp = new FleetMCP("test", { log: () => undefined })
  mcp.tool({ name: "first" }, () => 1)
  mcp.resource("config://a", () => "A")
  return mcp
}

/** Lets what was published reach those who listen. */
async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

describe("listening", () => {
  it("hears of what the server honors, until it is closed", async () => {
    const mcp = server()
    await using client = await connect(mcp)
    const heard: Notification[] = []
    const filter = { toolsListChanged: true, promptsListChanged: true, resourceSubscriptions: ["config://a"] }
    const subscription = await client.listen(filter, (notification) => heard.push(notification))
    expect(subscription.honored).toEqual({ toolsListChanged: true, resourceSubscriptions: ["config://a"] })
    mcp.tool({ name: "second" }, () => 2)
    mcp.resourceUpdated("config://a")
    await turn()
    expect(heard.map(({ method }) => method)).toEqual([
      "notifications/tools/list_changed",
      "notifications/resources/updated",
    ])
    await subscription.close()
    mcp.tool({ name: "third" }, () => 3)
    await turn()
    expect(heard).toHaveLength(2)
    expect(await subscription.ended).toBeUndefined()
  })

  it("ends with the server's last word when the server closes", async () => {
    const mcp = server()
    await using client = await connect(mcp)
    const subscription = await client.listen({ toolsListChanged: true }, () => undefined)
    await mcp.close()
    expect(await subscription.ended).toMatchObject({ resultType: "complete" })
  })

  it("ends when its signal is aborted, when the client goes, and at the end of a block", async () => {
    const mcp = server()
    const controller = new AbortController()
    const client = await connect(mcp)
    const { signal } = controller
    const aborted = await client.listen({ toolsListChanged: true }, () => undefined, { signal })
    controller.abort()
    expect(await aborted.ended).toBeUndefined()
    const gone = await client.listen({ toolsListChanged: true }, () => undefined)
    {
      await using scoped = await client.listen({ toolsListChanged: true }, () => undefined)
      expect(scoped.honored).toEqual({ toolsListChanged: true })
    }
    client.close()
    expect(await gone.ended).toBeUndefined()
  })

  it("rejects what the server refuses", async () => {
    await using client = await connect(server())
    // A test may send nonsense on purpose.
    const refused = client.listen("nonsense" as never, () => undefined)
    await expect(refused).rejects.toBeInstanceOf(RequestFailed)
  })

  it("rejects on closing with what a listener threw", async () => {
    const mcp = server()
    await using client = await connect(mcp)
    const subscription = await client.listen({ toolsListChanged: true }, () => expect.fail("not this one"))
    mcp.tool({ name: "second" }, () => 2)
    await turn()
    await expect(subscription.close()).rejects.toThrow("not this one")
  })
})
