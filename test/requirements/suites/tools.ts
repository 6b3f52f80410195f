import { describe, expect } from "vitest"
import * as z from "zod"
import { requireScopes } from "../../../src/components/auth-check.ts"
import { icon } from "../../../src/components/icon.ts"
import { ToolResult } from "../../../src/components/result.ts"
import { tool } from "../../../src/components/tool.ts"
import { InexpressibleSchema } from "../../../src/errors/schema.ts"
import { ToolError } from "../../../src/errors/tool.ts"
import type { JsonSchema } from "../../../src/schema/schema.ts"
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

const png = "data:image/png;base64,iVBORw0KGgo="

describe("`_meta`, icons and names", () => {
  const meta = (key: string) => ({ name: "x", meta: { [key]: 1 } })

  for (const key of ["a b/c", "1a.b/c", "a-/c", "/c", "a..b/c", "a/b/c", "-c", "c-", "com.example/-x"]) {
    requirement("S-120", `refuses the \`_meta\` key \`${key}\``, () => {
      expect(() => tool(meta(key), () => 1)).toThrow("is malformed")
    })
  }

  for (const key of ["com.example/note", "c", "a.b-c.d/x_y.z-1", "com.example/"]) {
    requirement("S-120", `takes the \`_meta\` key \`${key}\` and sends it`, async () => {
      const mcp = quietServer({ tools: [tool(meta(key), () => 1)] })
      expect(await resultOf(mcp, rpc("tools/list"))).toMatchObject({ tools: [{ _meta: { [key]: 1 } }] })
    })
  }

  const reserved = [
    "io.modelcontextprotocol/x",
    "dev.mcp/x",
    "org.modelcontextprotocol.api/x",
    "com.mcp.tools/x",
    "tools.mcp.com/x",
    "mcp.dev/x",
    "IO.ModelContextProtocol/x",
  ]
  for (const key of reserved) {
    requirement("S-121 S-122", `leaves the \`_meta\` key \`${key}\` to no author`, () => {
      expect(() => tool(meta(key), () => 1)).toThrow("is reserved")
      expect(() => new ToolResult({ content: "x", meta: { [key]: 1 } })).toThrow("is reserved")
    })
  }

  requirement("S-124", "shows icons of the server and of every kind of component", async () => {
    const icons = [icon(png, { sizes: ["16x16"], theme: "dark" }), "https://example.com/a.png"]
    const mcp = quietServer({ icons, title: "A test", websiteUrl: "https://example.com" })
    mcp.tool({ name: "a", icons }, () => 1)
    mcp.prompt({ name: "b", icons }, () => "x")
    mcp.resource({ uri: "a://b", icons }, () => "x")
    mcp.resource({ uri: "a://{b}", icons }, () => "x")
    const wire = [{ src: png, sizes: ["16x16"], theme: "dark" }, { src: "https://example.com/a.png" }]
    const info = (await resultOf(mcp, rpc("server/discover")))._meta
    expect(Object.values(info as object)).toMatchObject([{ title: "A test", icons: wire }])
    expect(await resultOf(mcp, rpc("tools/list"))).toMatchObject({ tools: [{ icons: wire }] })
    expect(await resultOf(mcp, rpc("prompts/list"))).toMatchObject({ prompts: [{ icons: wire }] })
    expect(await resultOf(mcp, rpc("resources/list"))).toMatchObject({ resources: [{ icons: wire }] })
    const templates = await resultOf(mcp, rpc("resources/templates/list"))
    expect(templates).toMatchObject({ resourceTemplates: [{ icons: wire }] })
  })

  for (const src of ["http://example.com/a.png", "file:///a.png", "javascript:alert(1)", "a.png"]) {
    requirement("S-124", `refuses the icon ${src}`, () => {
      expect(() => icon(src)).toThrow("icon")
    })
  }

  requirement("S-126", "hands the trace of a request to handlers and writes none itself", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "trace" }, (_, ctx) => ({ seen: ctx.request.meta?.traceparent }))
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    const result = await resultOf(mcp, call("trace", {}, { traceparent }))
    expect(result.structuredContent).toEqual({ seen: traceparent })
    expect(Object.keys(result._meta as object)).not.toContain("traceparent")
  })

  requirement("S-127", "names a tool by its title, its annotation, or its name", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "a_tool", title: "One", annotations: { title: "Two" } }, () => 1)
    mcp.tool({ name: "b_tool", annotations: { title: "Two" } }, () => 1)
    mcp.tool({ name: "c_tool" }, () => 1)
    const { tools } = await resultOf(mcp, rpc("tools/list"))
    expect(tools).toMatchObject([{ title: "One" }, { title: "Two" }, { title: "C Tool" }])
  })

  for (const name of ["", " ", "a b", "a,b", "a/b", "é", "a\n", "x".repeat(129)]) {
    requirement("S-150", `refuses the tool name ${JSON.stringify(name.slice(0, 10))}`, () => {
      expect(() => tool({ name }, () => 1)).toThrow("name")
    })
  }

  requirement("S-150", "tells tools apart by case, and refuses one name twice", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "Add" }, () => "upper")
    mcp.tool({ name: "add" }, () => "lower")
    expect(textOf(await resultOf(mcp, call("Add")))).toBe("upper")
    expect(() => mcp.tool({ name: "add" }, () => "again")).toThrow("registered already")
  })
})

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

describe("schemas", () => {
  const list = async (input: JsonSchema, dereference = true) => {
    const mcp = quietServer({ dereference })
    mcp.tool({ name: "t", input }, () => 1)
    const { tools } = await resultOf(mcp, rpc("tools/list"))
    return (tools as readonly { readonly inputSchema: unknown }[])[0]?.inputSchema
  }

  requirement("S-160", "refuses a dialect that it cannot read", () => {
    const input = { $schema: "https://example.com/dialect", type: "object" }
    expect(() => tool({ name: "t", input }, () => 1)).toThrow("dialect")
  })

  requirement("S-160", "converts an older dialect and says so", async () => {
    const $schema = "http://json-schema.org/draft-07/schema#"
    const draft7 = {
      $schema,
      type: "object",
      properties: { a: { $ref: "#/definitions/a" } },
      definitions: { a: { type: "string" } },
    }
    expect(JSON.stringify(await list(draft7, false))).toMatch(/"\$defs"/)
    expect(JSON.stringify(await list(draft7, false))).not.toMatch(/draft-07|"definitions"/)
  })

  requirement("S-161", "gives every tool an input schema of `type: object`", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "none" }, () => 1)
    const union = z.union([z.object({ a: z.string() }), z.object({ b: z.string() })])
    mcp.tool({ name: "union", input: union }, () => 1)
    const { tools } = await resultOf(mcp, rpc("tools/list"))
    expect(tools).toMatchObject([
      { inputSchema: { type: "object", additionalProperties: false } },
      { inputSchema: { type: "object" } },
    ])
  })

  requirement("S-161", "refuses an input that is no object", () => {
    expect(() => tool({ name: "t", input: z.string() as never }, () => 1)).toThrow(InexpressibleSchema)
    expect(() => tool({ name: "t", input: { type: "array" } }, () => 1)).toThrow("object")
  })

  requirement("S-162", "refuses a `$ref` that leads out of the schema, and fetches nothing", () => {
    const input = { type: "object", properties: { a: { $ref: "https://example.com/a.json" } } }
    expect(() => tool({ name: "t", input }, () => 1)).toThrow("`$ref`")
  })

  requirement("S-163", "refuses a schema that is too deep", () => {
    let deep: JsonSchema = { type: "string" }
    for (let level = 0; level < 200; level++) deep = { type: "object", properties: { a: deep } }
    expect(() => tool({ name: "t", input: deep }, () => 1)).toThrow("too large")
  })

  requirement("S-164", "lists a schema of 2020-12 as it was written", async () => {
    const input = {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      $defs: { address: { $anchor: "addressDef", type: "object", properties: { city: { type: "string" } } } },
      properties: {
        address: { $ref: "#/$defs/address" },
        phone: { type: "string" },
        email: { type: "string" },
      },
      allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
      if: { required: ["phone"] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
      then: { required: ["address"] },
      else: { required: ["email"] },
      additionalProperties: false,
    } as const
    expect(await list(input, false)).toEqual(input)
  })

  const headers: readonly (readonly [
    what: string,
    input: JsonSchema,
    headers: { [name: string]: string },
  ])[] = [
    ["an empty name", { type: "object", properties: { a: { type: "string" } } }, { a: "" }],
    ["a name with a space", { type: "object", properties: { a: { type: "string" } } }, { a: "A B" }],
    ["a name with a line break", { type: "object", properties: { a: { type: "string" } } }, { a: "A\r\nB" }],
    [
      "one name twice but for case",
      { type: "object", properties: { a: { type: "string" }, b: { type: "string" } } },
      { a: "X", b: "x" },
    ],
    ["a number", { type: "object", properties: { a: { type: "number" } } }, { a: "A" }],
    ["an object", { type: "object", properties: { a: { type: "object" } } }, { a: "A" }],
    ["an unknown argument", { type: "object", properties: { a: { type: "string" } } }, { b: "B" }],
  ]
  for (const [what, input, declared] of headers) {
    requirement("S-155 S-157", `refuses a header for ${what}`, () => {
      expect(() => tool({ name: "t", input, headers: declared }, () => 1)).toThrow("header")
    })
  }

  const inside: readonly (readonly [where: string, schema: JsonSchema])[] = [
    ["items", { type: "array", items: { type: "string", "x-mcp-header": "A" } }],
    ["anyOf", { anyOf: [{ type: "string", "x-mcp-header": "A" }] }],
    ["not", { not: { type: "string", "x-mcp-header": "A" } }],
  ]
  for (const [where, schema] of inside) {
    requirement("S-155", `refuses a header under \`${where}\``, () => {
      const input = { type: "object", properties: { a: schema } }
      expect(() => tool({ name: "t", input }, () => 1)).toThrow("header")
    })
  }

  requirement("S-155", "shows headers of nested properties where clients look for them", async () => {
    const mcp = quietServer()
    const input = z.object({ target: z.object({ region: z.string() }) })
    mcp.tool({ name: "t", input, headers: { "target.region": "Region" } }, () => 1)
    expect(await resultOf(mcp, rpc("tools/list"))).toMatchObject({
      tools: [
        {
          inputSchema: {
            properties: { target: { properties: { region: { "x-mcp-header": "Region" } } } },
          },
        },
      ],
    })
  })
})
