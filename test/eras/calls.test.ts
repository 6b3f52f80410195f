import { expect, it } from "vitest"
import * as z from "zod"
import { inputRequired } from "../../src/index.ts"
import { features } from "../../src/spec/features.ts"
import type { CreateMessageResult } from "../../src/spec/index.ts"
import { isStateless } from "../../src/spec/revisions.ts"
import { deferred } from "../http/server.ts"
import { describeEras } from "./eras.ts"
import { everyTransport } from "./transports.ts"

/** What a model said. */
function textOf({ content }: CreateMessageResult): string {
  return (content as { readonly text: string }).text
}

describeEras(
  "a call",
  (t) => {
    const add = { name: "add", input: z.object({ a: z.number(), b: z.number() }) }

    it("gives what the tool returns", async () => {
      const mcp = t.server()
      mcp.tool(add, ({ a, b }) => ({ sum: a + b }))
      const client = await t.connect(mcp)
      expect(await client.callTool("add", { a: 1, b: 2 })).toMatchObject({
        content: [{ type: "text", text: '{"sum":3}' }],
      })
    })

    it("with bad arguments is a result that names them", async () => {
      const mcp = t.server()
      mcp.tool(add, ({ a, b }) => a + b)
      const client = await t.connect(mcp)
      const result = await client.callTool("add", { a: "x", b: 2 })
      expect([result.isError, JSON.stringify(result.content)]).toEqual([
        true,
        expect.stringContaining("`a`: expected number"),
      ])
    })

    it("of an unknown tool is an error that names the nearest", async () => {
      const mcp = t.server()
      mcp.tool(add, ({ a, b }) => a + b)
      const client = await t.connect(mcp)
      await expect(client.callTool("adda")).rejects.toMatchObject({
        error: { code: -32602, message: expect.stringContaining("`add`") },
      })
    })

    it("tells how far it is, in words where the revision has them", async () => {
      const mcp = t.server()
      mcp.tool({ name: "work" }, (_, ctx) => {
        ctx.progress(1, 2, "half")
        ctx.progress(2, 2)
        return "done"
      })
      const heard: object[] = []
      const client = await t.connect(mcp, { onProgress: ({ progressToken: _, ...rest }) => heard.push(rest) })
      await client.callTool("work")
      const words = features[t.revision].progressMessage ? { message: "half" } : {}
      expect(heard).toEqual([
        { progress: 1, total: 2, ...words },
        { progress: 2, total: 2 },
      ])
    })

    it("is aborted when its client goes away", async () => {
      const mcp = t.server()
      const { promise: begun, resolve: begin } = deferred<void>()
      const { promise: aborted, resolve: abort } = deferred<unknown>()
      mcp.tool({ name: "wait" }, (_, { signal }) => {
        signal.addEventListener("abort", () => abort(signal.reason.reason))
        begin()
        return aborted.then(() => "late")
      })
      const client = await t.connect(mcp)
      const call = client.callTool("wait")
      await begun
      client.close()
      await expect(call).rejects.toMatchObject({ code: "CLIENT_CLOSED" })
      // Who could come back for the answer is gone for good only with the session.
      const mayReturn = t.transport === "http" && features[t.revision].resumable
      expect(await aborted).toBe(mayReturn ? "cancel" : "disconnect")
    })

    it("of a missing resource fails with the code of the revision", async () => {
      const mcp = t.server()
      mcp.resource("a://b", () => "here")
      const client = await t.connect(mcp)
      await expect(client.readResource("a://c")).rejects.toMatchObject({
        error: { code: features[t.revision].resourceNotFound, data: { uri: "a://c" } },
      })
    })
  },
  { over: everyTransport },
)

describeEras("a call of a client that is known", (t) => {
  it("is answered though its stream was closed before", async () => {
    const mcp = t.server()
    mcp.tool({ name: "work" }, (_, ctx) => {
      ctx.closeStream(1)
      ctx.progress(1, 2)
      return "done"
    })
    const heard: unknown[] = []
    const client = await t.connect(mcp, { onProgress: ({ progress }) => heard.push(progress) })
    expect(await client.callTool("work")).toMatchObject({ content: [{ text: "done" }] })
    expect(heard).toEqual([1])
  })

  it("logs what the client wants to hear", async () => {
    const mcp = t.server()
    mcp.tool({ name: "work" }, (_, ctx) => {
      ctx.log.debug("quiet")
      ctx.log.warning("loud")
      return "done"
    })
    const heard: unknown[] = []
    const client = await t.connect(mcp, { logLevel: "warning", onLog: ({ data }) => heard.push(data) })
    await client.callTool("work")
    expect(heard).toEqual(["loud"])
  })

  it("is aborted when its client cancels it", async () => {
    const mcp = t.server()
    const reasons: unknown[] = []
    const { promise: begun, resolve: begin } = deferred<void>()
    const { promise: aborted, resolve: abort } = deferred<void>()
    mcp.tool({ name: "wait" }, async (_, { signal }) => {
      signal.addEventListener("abort", () => {
        reasons.push(signal.reason.reason)
        abort()
      })
      begin()
      await aborted
    })
    const client = await t.connect(mcp)
    const controller = new AbortController()
    const call = client.callTool("wait", {}, { signal: controller.signal })
    await begun
    controller.abort(new Error("enough"))
    await expect(call).rejects.toThrow("enough")
    await aborted
    // Over HTTP the stateless revision has no other word for it than to leave.
    expect(reasons).toEqual([t.transport === "http" && isStateless(t.revision) ? "disconnect" : "cancel"])
  })

  it("asks for what an explicit `inputRequired()` names, and runs again with the answers and the state", async () => {
    const mcp = t.server()
    mcp.tool({ name: "ask" }, (_, ctx) => {
      if (ctx.inputResponses === undefined)
        return inputRequired({ requests: { folders: { method: "roots/list" } }, state: { n: 7 } })
      return { answers: ctx.inputResponses, state: ctx.inputState }
    })
    const client = await t.connect(mcp, { roots: ["file:///home/ada"] })
    const { content } = await client.callTool("ask")
    expect(JSON.parse((content[0] as { text: string }).text)).toEqual({
      answers: { folders: { roots: [{ uri: "file:///home/ada" }] } },
      state: { n: 7 },
    })
  })

  it("asks the client's model", async () => {
    const mcp = t.server()
    mcp.tool({ name: "think" }, async (_, ctx) => JSON.stringify((await ctx.sample("2 + 2?")).content))
    const client = await t.connect(mcp, { sampling: () => "4" })
    expect(await client.callTool("think")).toMatchObject({
      content: [{ text: '{"type":"text","text":"4"}' }],
    })
  })

  it("cannot ask what the client did not declare, and says so", async () => {
    const mcp = t.server()
    mcp.tool({ name: "think" }, async (_, ctx) => JSON.stringify(await ctx.sample("2 + 2?")))
    const client = await t.connect(mcp)
    const call = client.callTool("think")
    if (isStateless(t.revision)) await expect(call).rejects.toMatchObject({ error: { code: -32021 } })
    else
      expect(await call).toMatchObject({
        isError: true,
        content: [{ text: expect.stringContaining("`sampling`") }],
      })
  })

  it("asks two questions at once, and one after them", async () => {
    const mcp = t.server()
    mcp.tool({ name: "talk" }, async (_, ctx) => {
      const both = await Promise.all([ctx.sample("one"), ctx.sample("two")])
      const { content } = await ctx.sample(JSON.stringify(both.map(textOf)))
      return JSON.stringify(content)
    })
    const client = await t.connect(mcp, {
      sampling: ({ messages }) => `<${JSON.stringify(messages[0]?.content)}>`,
    })
    const { content } = await client.callTool("talk")
    const said = (text: string) => `<${JSON.stringify({ type: "text", text })}>`
    expect(JSON.parse((content[0] as { text: string }).text)).toEqual({
      type: "text",
      text: said(JSON.stringify([said("one"), said("two")])),
    })
  })

  it("hears of lists that change", async () => {
    const mcp = t.server()
    mcp.tool({ name: "a" }, () => 1)
    const client = await t.connect(mcp)
    const { promise: changed, resolve: change } = deferred<string>()
    await client.listen({ toolsListChanged: true }, ({ method }) => change(method))
    mcp.tool({ name: "b" }, () => 2)
    expect(await changed).toBe("notifications/tools/list_changed")
  })

  it("hears of resources that it subscribed to, and no others", async () => {
    const mcp = t.server()
    mcp.resource("a://1", () => "1")
    mcp.resource("a://2", () => "2")
    const client = await t.connect(mcp)
    const heard: unknown[] = []
    const { promise: last, resolve: end } = deferred<void>()
    await client.listen({ resourceSubscriptions: ["a://1"] }, ({ params }) => {
      heard.push(params.uri)
      end()
    })
    mcp.resourceUpdated("a://2")
    mcp.resourceUpdated("a://1")
    await last
    expect(heard).toEqual(["a://1"])
  })
})

describeEras(
  "a form",
  (t) => {
    it("is filled in", async () => {
      const mcp = t.server()
      mcp.tool({ name: "ask" }, async (_, ctx) => {
        const answer = await ctx.elicit(
          "Who?",
          z.object({ name: z.string(), sure: z.boolean().default(true) }),
        )
        return answer.action === "accept" ? `${answer.data.name} ${answer.data.sure}` : answer.action
      })
      const client = await t.connect(mcp, {
        elicitation: () => ({ action: "accept", content: { name: "Ada" } }),
      })
      expect(await client.callTool("ask")).toMatchObject({ content: [{ text: "Ada true" }] })
    })

    it.each(["decline", "cancel"] as const)("may be answered by %s", async (action) => {
      const mcp = t.server()
      mcp.tool(
        { name: "ask" },
        async (_, ctx) => (await ctx.elicit("Who?", z.object({ name: z.string() }))).action,
      )
      const client = await t.connect(mcp, { elicitation: () => ({ action }) })
      expect(await client.callTool("ask")).toMatchObject({ content: [{ text: action }] })
    })

    it("asks twice under the same key in vain", async () => {
      const mcp = t.server()
      mcp.tool({ name: "ask" }, async (_, ctx) => {
        for (let n = 0; n < 2; n++) await ctx.elicit("Who?", z.object({ name: z.string() }), { key: "who" })
        return "asked"
      })
      const client = await t.connect(mcp, {
        elicitation: () => ({ action: "accept", content: { name: "Ada" } }),
      })
      expect(await client.callTool("ask")).toMatchObject({
        isError: true,
        content: [{ text: expect.stringContaining("`who`") }],
      })
    })
  },
  { knows: (revision) => features[revision].elicitation.includes("form") },
)

describeEras(
  "an object that two tools return",
  (t) => {
    it("stands under `result` only for the tool whose schema allows other things", async () => {
      const shared = { a: 1 }
      const mcp = t.server()
      mcp.tool({ name: "either", output: z.union([z.object({ a: z.number() }), z.string()]) }, () => shared)
      mcp.tool({ name: "plain" }, () => shared)
      const client = await t.connect(mcp)
      expect(await client.callTool("either")).toMatchObject({ structuredContent: { result: { a: 1 } } })
      expect((await client.callTool("plain")).structuredContent).toEqual({ a: 1 })
    })
  },
  { knows: (revision) => features[revision].structuredContent === "object" },
)
