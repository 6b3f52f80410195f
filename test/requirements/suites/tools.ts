import { describe, expect } from "vitest"
import * as z from "zod"
import { requireScopes } from "../../../src/components/require-scopes.ts"
import { ToolResult } from "../../../src/components/result.ts"
import { tool } from "../../../src/components/tool.ts"
import { ToolError } from "../../../src/errors/tool.ts"
import { FakeChannel, handle } from "../../support/channel.ts"
import { errorOf, post, resultOf } from "../../support/post.ts"
import { call, capable, rpc } from "../../support/rpc.ts"
import { fullServer, loggedServer, quietServer } from "../../support/server.ts"
import { open } from "../../support/stream.ts"
import { requirement } from "../register.ts"

/** The whole text of a result. */
function textOf(result: { readonly content?: unknown }): string {
  return (result.content as readonly { readonly text: string }[]).map(({ text }) => text).join("\n")
}

describe("tools/list", () => {
  requirement("S-130", "is declared where there are tools, and only there", async () => {
    expect((await resultOf(fullServer(), rpc("server/discover"))).capabilities).toHaveProperty("tools")
    expect((await resultOf(quietServer(), rpc("server/discover"))).capabilities).not.toHaveProperty("tools")
  })

  requirement("S-130 S-131", "stays declared, and empty, when the last tool goes", async () => {
    const mcp = quietServer()
    const only = mcp.tool({ name: "only" }, () => 1)
    await resultOf(mcp, rpc("tools/list"))
    mcp.remove(only)
    expect(await resultOf(mcp, rpc("tools/list"))).toMatchObject({ tools: [] })
  })

  requirement("S-131", "is the same whatever came before on the connection", async () => {
    const mcp = fullServer()
    const channel = new FakeChannel()
    const before = await handle(mcp, rpc("tools/list"), channel)
    await handle(mcp, call("add", { a: 1, b: 2 }), channel)
    await handle(mcp, call("fail"), channel)
    expect((await handle(mcp, rpc("tools/list"), channel)).result).toEqual(before.result)
    expect((await handle(mcp, rpc("tools/list"))).result).toEqual(before.result)
  })

  requirement("S-132", "keeps the order of registration, also when a tool is replaced", async () => {
    const mcp = quietServer()
    for (const name of ["c", "a", "b"]) mcp.tool({ name }, () => 1)
    const names = async () => {
      const { tools } = await resultOf(mcp, rpc("tools/list"))
      return (tools as readonly { readonly name: string }[]).map(({ name }) => name)
    }
    expect(await names()).toEqual(["c", "a", "b"])
    mcp.replace(tool({ name: "c", description: "new" }, () => 2))
    expect(await names()).toEqual(["c", "a", "b"])
  })

  requirement("S-144", "tells listeners that asked when tools come and go", async () => {
    const mcp = fullServer()
    const stream = await open(mcp, rpc("subscriptions/listen", { notifications: { toolsListChanged: true } }))
    await stream.next()
    const extra = mcp.tool({ name: "extra" }, () => 1)
    expect(await stream.next()).toMatchObject({ method: "notifications/tools/list_changed" })
    mcp.remove(extra)
    expect(await stream.next()).toMatchObject({ method: "notifications/tools/list_changed" })
    await stream.leave()
  })
})

describe("tools/call", () => {
  const mcp = fullServer()

  requirement("S-133", "answers an unknown tool with -32602 and names a near one", async () => {
    const error = await errorOf(mcp, call("nothin"))
    expect(error).toMatchObject({ code: -32602, message: expect.stringContaining("`nothing`") })
  })

  const malformed = [
    {},
    { name: 1 },
    { name: null },
    { name: "add", arguments: [] },
    { name: "add", arguments: "x" },
  ]
  for (const params of malformed) {
    requirement("S-135", `answers ${JSON.stringify(params)} with -32602`, async () => {
      expect(await errorOf(mcp, rpc("tools/call", params))).toMatchObject({ code: -32602 })
    })
  }

  requirement("S-134 S-146", "answers bad arguments with a result that names each of them", async () => {
    const result = await resultOf(mcp, call("add", { a: "x" }))
    expect(result.isError).toBe(true)
    expect(textOf(result)).toMatch(/`a`[\s\S]*`b`/)
    expect(result._meta).toMatchObject({ "fleetmcp/issues": [{ path: ["a"] }, { path: ["b"] }] })
  })

  requirement("S-134", "takes no `arguments` for an empty object", async () => {
    expect(await resultOf(mcp, rpc("tools/call", { name: "nothing" }))).toMatchObject({ content: [] })
  })

  requirement("S-136", "puts what a tool throws in its result", async () => {
    const result = await resultOf(mcp, call("fail"))
    expect(result).toMatchObject({ isError: true, content: [{ type: "text" }] })
    expect(textOf(result)).toContain("it broke")
  })

  requirement("S-136", "puts what a tool says to the model in its result, word for word", async () => {
    const server = quietServer()
    server.tool({ name: "say" }, () => {
      throw new ToolError("Try another city.")
    })
    expect(await resultOf(server, call("say"))).toMatchObject({
      isError: true,
      content: [{ type: "text", text: "Try another city." }],
    })
  })

  requirement("S-137 S-138", "gives content for every kind of return value", async () => {
    const server = quietServer()
    const values: readonly unknown[] = [undefined, null, "text", 7, false, [], [1], { a: 1 }]
    for (const [index, value] of values.entries()) {
      server.tool({ name: `t${index}` }, () => value)
      const result = await resultOf(server, call(`t${index}`))
      expect(result.content).toBeInstanceOf(Array)
      if (value === undefined || value === "text") expect(result).not.toHaveProperty("structuredContent")
      else {
        expect(result.structuredContent).toEqual(value)
        expect(JSON.parse(textOf(result))).toEqual(value)
      }
    }
  })

  requirement("S-139", "answers a result that its output schema refuses with an error", async () => {
    const { mcp: server, log } = loggedServer()
    const output = z.object({ n: z.number() })
    server.tool({ name: "bad", output }, () => ({ n: "x" }) as never)
    server.tool({ name: "good", output }, () => ({ n: 1 }))
    expect(await resultOf(server, call("good"))).toMatchObject({ structuredContent: { n: 1 } })
    const bad = await resultOf(server, call("bad"))
    expect(bad).toMatchObject({ isError: true })
    expect(bad).not.toHaveProperty("structuredContent")
    expect(log).toMatchObject([{ level: "error", error: { code: "INVALID_OUTPUT" } }])
  })

  requirement("S-139", "does not hold a result with `isError` to the output schema", async () => {
    const server = quietServer()
    server.tool({ name: "err", output: z.object({ n: z.number() }) }, () => {
      return new ToolResult<{ n: number }>({ content: "no", isError: true })
    })
    expect(await resultOf(server, call("err"))).toMatchObject({ isError: true, content: [{ text: "no" }] })
  })

  requirement("S-142 S-240", "may answer `input_required`", async () => {
    const server = quietServer()
    server.tool({ name: "ask" }, async (_, ctx) => {
      const answer = await ctx.elicit("Who?", z.object({ name: z.string() }))
      return answer.action
    })
    expect(await resultOf(server, call("ask", {}, capable()))).toMatchObject({
      resultType: "input_required",
      inputRequests: {},
    })
  })

  requirement(
    "S-146 S-333",
    "runs no tool that the caller may not see, as if it were not there",
    async () => {
      const server = quietServer()
      let runs = 0
      server.tool({ name: "secret", auth: requireScopes("admin") }, () => ++runs)
      server.tool({ name: "open" }, () => 1)
      const hidden = await errorOf(server, call("secret"))
      const unknown = await errorOf(server, call("nosuch"))
      expect(hidden.code).toBe(unknown.code)
      expect(hidden.message.replace("secret", "nosuch")).toBe(unknown.message)
      expect(runs).toBe(0)
    },
  )

  requirement("S-334 S-213", "leaks no internals of an error where they are masked", async () => {
    const { mcp: server, log } = loggedServer({ maskErrors: true })
    server.tool({ name: "fail" }, () => {
      throw new Error("password=hunter2 at /srv/app.ts")
    })
    const answer = await post(server, call("fail"))
    expect(JSON.stringify(answer)).not.toMatch(/hunter2|srv|\.ts/)
    expect(log).toMatchObject([{ error: { message: "password=hunter2 at /srv/app.ts" } }])
  })

  requirement("S-334 S-213", "sends no stack, masked or not", async () => {
    const answer = await post(mcp, call("fail"))
    expect(JSON.stringify(answer)).not.toMatch(/\.ts|node_modules| {4}at /)
  })
})
