import { describe, expect, it } from "vitest"
import * as z from "zod"
import { definePlugin } from "../../../src/server/plugin.ts"
import { errorCodes } from "../../../src/spec/error-codes.ts"
import { metaKeys } from "../../../src/spec/meta.ts"
import { FakeChannel, handle } from "../../support/channel.ts"
import { errorOf, post, resultOf, send } from "../../support/post.ts"
import { call, capable, type Fields, rpc, withId } from "../../support/rpc.ts"
import { fullServer, quietServer } from "../../support/server.ts"
import { deferred } from "../../support/timing.ts"
import { requirement } from "../register.ts"

/** One request of every method that answers at once, on {@link fullServer}. */
const everyMethod: readonly (readonly [method: string, params: Fields])[] = [
  ["server/discover", {}],
  ["tools/list", {}],
  ["tools/call", { name: "add", arguments: { a: 1, b: 2 } }],
  ["resources/list", {}],
  ["resources/templates/list", {}],
  ["resources/read", { uri: "config://settings" }],
  ["prompts/list", {}],
  ["prompts/get", { name: "review", arguments: { code: "1" } }],
  [
    "completion/complete",
    { ref: { type: "ref/prompt", name: "review" }, argument: { name: "language", value: "t" } },
  ],
]

describe("messages", () => {
  const mcp = fullServer()

  requirement("S-001", "answers in JSON-RPC 2.0 and UTF-8", async () => {
    mcp.tool({ name: "echo", input: z.object({ text: z.string() }) }, ({ text }) => text)
    const { message, headers } = call("echo", { text: "żółć 🦊" })
    const response = await send(mcp, JSON.stringify(message), headers)
    const bytes = new Uint8Array(await response.arrayBuffer())
    const answer = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
    expect(answer).toMatchObject({ jsonrpc: "2.0", result: { content: [{ text: "żółć 🦊" }] } })
  })

  it.each([
    ["an id of null", { jsonrpc: "2.0", id: null, method: "tools/list" }],
    ["an id that is a fraction", { jsonrpc: "2.0", id: 1.5, method: "tools/list" }],
    ["an id that is an object", { jsonrpc: "2.0", id: {}, method: "tools/list" }],
    ["an id that no double can hold", { jsonrpc: "2.0", id: 2 ** 53, method: "tools/list" }],
    ["another version of JSON-RPC", { jsonrpc: "1.0", id: 1, method: "tools/list" }],
    ["no version of JSON-RPC", { id: 1, method: "tools/list" }],
    ["a method that is no string", { jsonrpc: "2.0", id: 1, method: 7 }],
    ["parameters that are a list", { jsonrpc: "2.0", id: 1, method: "tools/list", params: [] }],
    ["parameters that are null", { jsonrpc: "2.0", id: 1, method: "tools/list", params: null }],
    ["a string", "tools/list"],
    ["null", null],
    ["a number", 1],
  ])("S-001 refuses %s with -32600 and 400", async (_, message) => {
    const response = await send(mcp, JSON.stringify(message))
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: -32600 } })
  })

  requirement("S-001", "refuses what is no JSON with -32700 and 400", async () => {
    const response = await send(mcp, '{"jsonrpc":"2.0",')
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: -32700 } })
  })

  for (const id of ["a", "", "1", 0, -7, Number.MAX_SAFE_INTEGER]) {
    requirement("S-002", `echoes the id ${JSON.stringify(id)} on results and errors`, async () => {
      const good = await post(mcp, withId(rpc("tools/list"), id))
      const bad = await post(mcp, withId(rpc("no/such"), id))
      expect([good.id, bad.id]).toEqual([id, id])
    })
  }

  requirement("S-002", "leaves out an id that it could not read", async () => {
    const response = await send(mcp, '{"jsonrpc":"2.0","id":{},"method":"tools/list"}')
    expect(await response.json()).not.toHaveProperty("id")
  })

  requirement("S-002", "echoes an id that it could read of a message that it cannot use", async () => {
    const response = await send(mcp, '{"jsonrpc":"2.0","id":"x","method":"tools/list","params":[]}')
    expect(await response.json()).toMatchObject({ id: "x", error: { code: -32600 } })
  })

  for (const method of ["notifications/cancelled", "notifications/unknown", "tools/list"]) {
    requirement("S-003", `does not answer the notification \`${method}\``, async () => {
      const response = await send(mcp, JSON.stringify({ jsonrpc: "2.0", method }))
      expect(response.status).toBe(202)
      expect(await response.text()).toBe("")
    })
  }

  for (const [method, params] of everyMethod) {
    requirement("S-004 S-123", `says \`resultType\` and who answers \`${method}\``, async () => {
      const result = await resultOf(mcp, rpc(method, params))
      expect(result).toMatchObject({
        resultType: "complete",
        _meta: { [metaKeys.serverInfo]: { name: "Test", version: "1.2.3" } },
      })
    })
  }

  for (const name of ["fail", "nothing"]) {
    requirement("S-004", `says \`resultType\` of the tool \`${name}\``, async () => {
      expect(await resultOf(mcp, call(name))).toMatchObject({ resultType: "complete" })
    })
  }

  requirement("S-004", "lets no handler say another `resultType`", async () => {
    const server = quietServer()
    const spoofed = { content: [{ type: "text", text: "x" }], resultType: "input_required" }
    server.tool({ name: "spoof" }, () => spoofed)
    const response = await send(server, JSON.stringify(call("spoof").message), call("spoof").headers)
    const text = await response.text()
    expect(JSON.parse(text).result.resultType).toBe("complete")
    expect(text.match(/"resultType"/g)).toHaveLength(1)
  })

  requirement("S-123", "says who answers in no result when told not to", async () => {
    const server = fullServer({ disclosesServerInfo: false })
    for (const [method, params] of everyMethod) {
      const { _meta } = await resultOf(server, rpc(method, params))
      expect(_meta ?? {}).not.toHaveProperty([metaKeys.serverInfo])
    }
  })
})

describe("extended results", () => {
  const reports = definePlugin({
    id: "com.example/reports",
    resultTypes: ["report"],
    methods: [
      { name: "reports/make", run: () => ({ kind: "extended", resultType: "report", result: { page: 1 } }) },
      { name: "reports/odd", run: () => ({ kind: "extended", resultType: "odd", result: {} }) },
    ],
  })
  const declared = capable({ extensions: { "com.example/reports": {} } })

  requirement("S-005 S-030", "sends a plugin's result type to a client that declared it", async () => {
    const mcp = quietServer({ plugins: [reports] })
    const result = await resultOf(mcp, rpc("reports/make", {}, declared))
    expect(result).toMatchObject({ resultType: "report", page: 1 })
  })

  requirement(
    "S-005 S-030 S-023",
    "answers a client that did not declare it with -32021 and 400",
    async () => {
      const mcp = quietServer({ plugins: [reports] })
      expect(await errorOf(mcp, rpc("reports/make"))).toMatchObject({
        status: 400,
        code: -32021,
        data: { requiredCapabilities: { extensions: { "com.example/reports": {} } } },
      })
    },
  )

  requirement("S-005", "sends no result type that no plugin declares", async () => {
    const mcp = quietServer({ plugins: [reports] })
    expect(await errorOf(mcp, rpc("reports/odd", {}, declared))).toMatchObject({ code: -32603 })
  })

  requirement("S-031", "refuses an extension id without a prefix", () => {
    expect(() => definePlugin({ id: "reports" })).toThrow("`reports` is not an extension identifier")
    expect(() => quietServer({ plugins: [definePlugin({ id: "reports" })] })).toThrow(
      "not an extension identifier",
    )
  })

  requirement("S-031", "advertises extensions that were added, and none by default", async () => {
    const bare = await resultOf(quietServer(), rpc("server/discover"))
    expect(bare.capabilities).not.toHaveProperty("extensions")
    const plugin = definePlugin({ id: "com.example/reports", settings: { formats: ["pdf"] } })
    const mcp = quietServer({ plugins: [plugin] })
    expect(await resultOf(mcp, rpc("server/discover"))).toMatchObject({
      capabilities: { extensions: { "com.example/reports": { formats: ["pdf"] } } },
    })
  })
})

describe("statelessness", () => {
  const form = z.object({ name: z.string() })

  requirement("S-006", "asks by a result, never by a request on the stream", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "ask" }, async (_, ctx) => {
      ctx.progress(1)
      return (await ctx.elicit("Who?", form)).action
    })
    // `post` fails on a message that has both a method and an id.
    const answer = await post(mcp, call("ask", {}, { ...capable(), progressToken: 1 }))
    expect(answer.notifications).toHaveLength(1)
    expect(answer.result).toMatchObject({ resultType: "input_required" })
  })

  requirement("S-007 S-033", "gates by the capabilities of the request at hand", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "ask" }, async (_, ctx) => (await ctx.elicit("Who?", form)).action)
    await resultOf(mcp, call("ask", {}, capable()))
    expect(await errorOf(mcp, call("ask"))).toMatchObject({ code: -32021 })
  })

  requirement("S-007", "forgets who the client of an earlier request said it was", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "who" }, (_, ctx) => ctx.client.info?.name ?? "nobody")
    await resultOf(mcp, call("who"))
    const { content } = await resultOf(mcp, call("who", {}, { [metaKeys.clientInfo]: undefined }))
    expect(content).toMatchObject([{ text: "nobody" }])
  })

  requirement("S-008", "answers the requests of many conversations while others wait", async () => {
    const mcp = quietServer()
    const gate = deferred()
    mcp.tool({ name: "wait" }, () => gate.promise.then(() => "late"))
    mcp.tool({ name: "go" }, () => "soon")
    const channel = () => new FakeChannel()
    const late = handle(mcp, call("wait"), channel())
    const soon = await Promise.all([handle(mcp, call("go"), channel()), handle(mcp, call("go"), channel())])
    gate.resolve()
    expect(soon.map(({ result }) => result)).toMatchObject([{ content: [{ text: "soon" }] }, {}])
    expect((await late).result).toMatchObject({ content: [{ text: "late" }] })
  })

  requirement("S-009", "knows earlier rounds by the `requestState` of the request alone", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "ask" }, async (_, ctx) => {
      await ctx.elicit("Who?", form, { key: "who" })
      return `round ${ctx.request.round}`
    })
    const first = await resultOf(mcp, call("ask", {}, capable()))
    expect(first.requestState).toEqual(expect.any(String))
    // The same client, the same connection, no state: it starts again.
    expect(await resultOf(mcp, call("ask", {}, capable()))).toMatchObject({ resultType: "input_required" })
  })

  requirement("S-010 S-249", "goes on in another process that has the same secrets", async () => {
    const runs: number[] = []
    const replica = () => {
      const mcp = quietServer({ secrets: ["a secret that both replicas have, long enough"] })
      mcp.tool({ name: "ask" }, async (_, ctx) => {
        runs.push(ctx.request.round)
        const answer = await ctx.elicit("Who?", form, { key: "who" })
        return answer.action === "accept" ? `Hello ${answer.data.name}` : "Bye"
      })
      return mcp
    }
    const { requestState } = await resultOf(replica(), call("ask", {}, capable()))
    const retry = rpc(
      "tools/call",
      {
        name: "ask",
        arguments: {},
        requestState,
        inputResponses: { who: { action: "accept", content: { name: "Ada" } } },
      },
      capable(),
    )
    expect(await resultOf(replica(), retry)).toMatchObject({ content: [{ text: "Hello Ada" }] })
    expect(runs).toEqual([0, 1])
  })

  for (const info of [undefined, { name: "other", version: "9" }, "no object", { name: 1 }]) {
    requirement("S-032", `decides nothing by a \`clientInfo\` of ${JSON.stringify(info)}`, async () => {
      const mcp = fullServer()
      const list = await resultOf(mcp, rpc("tools/list", {}, { [metaKeys.clientInfo]: info }))
      expect(list).toEqual(await resultOf(mcp, rpc("tools/list")))
    })
  }

  requirement("S-014", "hands unknown keys of `_meta` to handlers and stumbles over none", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "meta" }, (_, ctx) => ({ seen: ctx.request.meta }))
    const meta = { "io.modelcontextprotocol/future": { a: 1 }, "com.example/x": [1], y: null }
    const { structuredContent } = await resultOf(mcp, call("meta", {}, meta))
    expect(structuredContent).toMatchObject({ seen: meta })
  })
})

describe("error codes", () => {
  const mcp = fullServer()

  requirement("S-011", "has no code that 2026-07-28 must not send", async () => {
    const missing = await errorOf(mcp, rpc("resources/read", { uri: "config://none" }))
    expect(missing.code).toBe(-32602)
    const modern = errorCodes.filter(({ until }) => until === undefined).map(({ code }) => code)
    expect(modern).not.toContain(-32002)
    expect(modern).not.toContain(-32042)
  })

  const removed = [
    "initialize",
    "ping",
    "logging/setLevel",
    "resources/subscribe",
    "resources/unsubscribe",
    "tasks/result",
    "tasks/list",
    "unknown/method",
    "__proto__",
    "constructor",
    "",
  ]
  for (const method of removed) {
    requirement("S-012 S-072 S-034", `answers \`${method}\` with -32601 and 404`, async () => {
      expect(await errorOf(mcp, rpc(method))).toMatchObject({ status: 404, code: -32601 })
    })
  }

  const gated: readonly (readonly [method: string, params: Fields])[] = [
    ["tools/list", {}],
    ["tools/call", { name: "x" }],
    ["tools/call", {}],
    ["resources/list", {}],
    ["resources/templates/list", {}],
    ["resources/read", { uri: "a://b" }],
    ["prompts/list", {}],
    ["prompts/get", { name: "x" }],
    ["completion/complete", { ref: { type: "ref/prompt", name: "x" }, argument: { name: "a", value: "" } }],
  ]
  for (const [method, params] of gated) {
    requirement(
      "S-012",
      `answers ${method} ${JSON.stringify(params)} with -32601 where nothing is advertised`,
      async () => {
        expect(await errorOf(quietServer(), rpc(method, params))).toMatchObject({ status: 404, code: -32601 })
      },
    )
  }
})
