import { describe, expect, it, onTestFinished } from "vitest"
import type { ServerTarget } from "../../src/client/memory-carrier.ts"
import type { PeerNotification } from "../../src/client/rpc.ts"
import { ConnectionLost, RequestTimedOut } from "../../src/errors/client.ts"
import { RequestFailed } from "../../src/errors/testing.ts"
import type { FleetMCP } from "../../src/index.ts"
import "../../src/node.ts"
import { type ProtocolRevision, revisions } from "../../src/spec/revisions.ts"
import { child, opened } from "../support/connecting.ts"
import { quietServer } from "../support/server.ts"

function talkative(): FleetMCP {
  const mcp = quietServer()
  mcp.tool({ name: "log" }, async (_, ctx) => {
    await ctx.log.info("hello")
    return "done"
  })
  mcp.tool({ name: "progress" }, async (_, ctx) => {
    await ctx.progress(1, 2)
    return "done"
  })
  mcp.tool({ name: "ask" }, async (_, ctx) => {
    const answer = await ctx.elicit("Sure?", ["yes", "no"])
    return answer.action
  })
  mcp.tool(
    { name: "wait" },
    (_, ctx) => new Promise((resolve) => ctx.signal.addEventListener("abort", resolve)),
  )
  mcp.tool({ name: "strange" }, () => ({
    content: [{ type: "text", text: "x" }],
    _meta: { "a.b/c": { d: 1 } },
  }))
  return mcp
}

async function overHttp(mcp: FleetMCP): Promise<URL> {
  const running = await mcp.run({ transport: "http", port: 0, inTests: true })
  onTestFinished(() => mcp.close())
  return new URL(running.url)
}

const ways: readonly (readonly [string, (mcp: FleetMCP) => Promise<ServerTarget | URL>])[] = [
  ["memory", async (mcp) => mcp],
  ["http", overHttp],
]

for (const [way, reach] of ways)
  describe.each(revisions)(`over ${way} in %s`, (revision: ProtocolRevision) => {
    it("speaks the revision that is asked for", async () => {
      const connection = await opened(await reach(talkative()), { era: revision })
      expect(connection.revision).toBe(revision)
      expect(connection.serverInfo).toMatchObject({ name: "Test" })
    })

    it("gives a result as it came", async () => {
      const connection = await opened(await reach(talkative()), { era: revision })
      const result = await connection.request("tools/call", { name: "strange", arguments: {} })
      expect(result).toMatchObject({ content: [{ type: "text", text: "x" }], _meta: { "a.b/c": { d: 1 } } })
    })

    it("gives an error as it came", async () => {
      const connection = await opened(await reach(talkative()), { era: revision })
      const failed = connection.request("tools/call", { name: "nope", arguments: {} })
      await expect(failed).rejects.toMatchObject({ error: { code: -32602 } })
      await expect(failed).rejects.toBeInstanceOf(RequestFailed)
    })

    it("tells whoever asked how far it is, by the token that was given", async () => {
      const connection = await opened(await reach(talkative()), { era: revision })
      const heard: PeerNotification[] = []
      await connection.request(
        "tools/call",
        { name: "progress", arguments: {}, _meta: { progressToken: "mine" } },
        { onNotification: (each) => heard.push(each) },
      )
      expect(heard).toMatchObject([
        { method: "notifications/progress", params: { progressToken: "mine", progress: 1 } },
      ])
    })

    it("cancels what is given up", async () => {
      const connection = await opened(await reach(talkative()), { era: revision })
      const controller = new AbortController()
      const call = connection.request(
        "tools/call",
        { name: "wait", arguments: {} },
        { signal: controller.signal },
      )
      setTimeout(() => controller.abort(new Error("enough")), 20)
      await expect(call).rejects.toThrow("enough")
    })

    it("does not wait for ever", async () => {
      const connection = await opened(await reach(talkative()), { era: revision })
      const call = connection.request("tools/call", { name: "wait", arguments: {} }, { timeoutMs: 30 })
      await expect(call).rejects.toBeInstanceOf(RequestTimedOut)
    })
  })

describe.each(["2025-06-18", "2025-11-25"] as const)("questions in %s", (era) => {
  it.each(ways)("are answered as they came over %s", async (_way, reach) => {
    const connection = await opened(await reach(talkative()), { era, capabilities: { elicitation: {} } })
    const result = await connection.request(
      "tools/call",
      { name: "ask", arguments: {} },
      {
        onRequest: async ({ method }) => ({ action: method === "elicitation/create" ? "decline" : "cancel" }),
      },
    )
    expect(result).toMatchObject({ content: [{ text: "decline" }] })
  })
})

it.each(ways)("hands on what a stateless server asks over %s", async (_way, reach) => {
  const connection = await opened(await reach(talkative()))
  const result = await connection.request(
    "tools/call",
    { name: "ask", arguments: {} },
    { capabilities: { elicitation: { form: {} } } },
  )
  expect(result).toMatchObject({ resultType: "input_required", requestState: expect.any(String) })
})

it("knows over HTTP which request a log message belongs to", async () => {
  const connection = await opened(await overHttp(talkative()))
  const heard: number[] = []
  const call = (number: number) =>
    connection.request(
      "tools/call",
      { name: "log", arguments: {}, _meta: { "io.modelcontextprotocol/logLevel": "info" } },
      { onNotification: () => heard.push(number) },
    )
  await Promise.all([call(1), call(2)])
  expect(heard.sort()).toEqual([1, 2])
})

describe("a program", () => {
  it("is started, and speaks the newest revision it knows", async () => {
    const connection = await opened(child)
    expect(connection.era).toBe("stateless")
    const result = await connection.request("tools/call", { name: "add", arguments: { a: 1, b: 2 } })
    expect(result).toMatchObject({ content: [{ text: "3" }] })
  })

  it("inherits nothing that is a secret", async () => {
    process.env.CLIENT_TEST_SECRET = "hidden"
    onTestFinished(() => {
      delete process.env.CLIENT_TEST_SECRET
    })
    const connection = await opened({ ...child, env: { MINE: "1" } })
    const result = await connection.request("tools/call", { name: "environment", arguments: {} })
    expect(JSON.stringify(result)).toContain("MINE")
    expect(JSON.stringify(result)).not.toContain("CLIENT_TEST_SECRET")
  })

  it("that ends in the middle fails what waits for it", async () => {
    const connection = await opened(child)
    const ended = new Promise((resolve) => connection.onClose(resolve))
    await expect(connection.request("tools/call", { name: "die", arguments: {} })).rejects.toBeInstanceOf(
      ConnectionLost,
    )
    expect(await ended).toBeInstanceOf(ConnectionLost)
  })

  it("has ended when the connection is closed", async () => {
    const connection = await opened(child)
    const result = await connection.request("tools/call", { name: "pid", arguments: {} })
    const [{ text }] = result.content as [{ text: string }]
    await connection.close()
    expect(() => process.kill(Number(text), 0)).toThrow("ESRCH")
  })
})
