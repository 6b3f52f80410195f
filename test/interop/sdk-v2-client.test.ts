import { FleetMCP, type FleetMCPOptions, file, image, link, text, tool } from "fleetmcp"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { pngPixel } from "../conformance/media.ts"
import { connect } from "./sdk-v2-client.ts"

const quiet = (options: FleetMCPOptions<readonly []> = {}) =>
  new FleetMCP("interop", { version: "1.2.3", log: () => undefined, ...options })

describe("discovery", () => {
  it("tells the client what the server is and offers", async () => {
    const mcp = quiet({ instructions: "Add things.", title: "Interop" })
    mcp.tool({ name: "add", description: "Adds" }, () => 3)
    mcp.prompt("hello", () => "Hello")
    const client = await connect(mcp)
    expect(client.getNegotiatedProtocolVersion()).toBe("2026-07-28")
    expect(client.getServerVersion()).toMatchObject({ name: "interop", version: "1.2.3", title: "Interop" })
    expect(client.getInstructions()).toBe("Add things.")
    expect(client.getServerCapabilities()).toEqual({
      tools: { listChanged: true },
      prompts: { listChanged: true },
      logging: {},
    })
  })
})

describe("lists", () => {
  it("are walked page by page to their end", async () => {
    const mcp = quiet({ pageSize: 2 })
    const names = ["a", "b", "c", "d", "e"]
    for (const each of names) mcp.tool({ name: each }, () => each)
    const { tools } = await (await connect(mcp)).listTools()
    expect(tools.map((entry) => entry.name)).toEqual(names)
  })

  it("show resources, templates and prompts as they were declared", async () => {
    const mcp = quiet()
    mcp.resource({ uri: "docs://readme", description: "Read it", mimeType: "text/markdown" }, () => "# Hi")
    mcp.resource({ uri: "users://{id}", name: "user" }, ({ id }) => id)
    mcp.prompt(
      { name: "review", args: z.object({ code: z.string().describe("The code") }) },
      ({ code }) => code,
    )
    const client = await connect(mcp)
    expect((await client.listResources()).resources).toEqual([
      {
        uri: "docs://readme",
        name: "readme",
        title: "Readme",
        description: "Read it",
        mimeType: "text/markdown",
      },
    ])
    expect((await client.listResourceTemplates()).resourceTemplates).toEqual([
      { uriTemplate: "users://{id}", name: "user", title: "User" },
    ])
    expect((await client.listPrompts()).prompts).toEqual([
      {
        name: "review",
        title: "Review",
        arguments: [{ name: "code", description: "The code", required: true }],
      },
    ])
  })
})

describe("tools/call", () => {
  it("passes the client's own check of structured content", async () => {
    const mcp = quiet()
    mcp.tool(
      {
        name: "add",
        input: z.object({ a: z.number(), b: z.number() }),
        output: z.object({ sum: z.number() }),
      },
      ({ a, b }) => ({ sum: a + b }),
    )
    const client = await connect(mcp)
    await client.listTools()
    const result = await client.callTool({ name: "add", arguments: { a: 1, b: 2 } })
    expect(result.structuredContent).toEqual({ sum: 3 })
    expect(result.content).toEqual([{ type: "text", text: '{"sum":3}' }])
  })

  it("carries every kind of content", async () => {
    const mcp = quiet()
    mcp.tool({ name: "all" }, () => [
      text("words"),
      image(pngPixel),
      file("a,b", { uri: "file:///a.csv" }),
      link("docs://readme", { name: "readme" }),
    ])
    const { content } = await (await connect(mcp)).callTool({ name: "all" })
    expect(content.map(({ type }) => type)).toEqual(["text", "image", "resource", "resource_link"])
  })

  it("agrees with the client on the headers that repeat arguments", async () => {
    const mcp = quiet()
    mcp.tool(
      { name: "route", input: z.object({ region: z.string() }), headers: { region: "Region" } },
      ({ region }, ctx) => `${region} ${ctx.request.headers?.get("mcp-param-region")}`,
    )
    const client = await connect(mcp)
    await client.listTools()
    const { content } = await client.callTool({ name: "route", arguments: { region: "Zürich" } })
    expect(content).toEqual([{ type: "text", text: "Zürich =?base64?WsO8cmljaA==?=" }])
  })

  it("reports progress while the tool runs", async () => {
    const mcp = quiet()
    mcp.tool({ name: "work" }, (_, ctx) => {
      ctx.progress(1, 2, "half")
      ctx.progress(2, 2)
      return "done"
    })
    const seen: unknown[] = []
    const client = await connect(mcp)
    await client.callTool({ name: "work" }, { onprogress: (report) => seen.push(report) })
    expect(seen).toEqual([
      { progress: 1, total: 2, message: "half" },
      { progress: 2, total: 2 },
    ])
  })

  it("logs at the level the client asks for and above", async () => {
    const mcp = quiet()
    mcp.tool({ name: "work" }, (_, ctx) => {
      ctx.log.info("not wanted")
      ctx.log.error({ disk: "full" }, "storage")
      return "done"
    })
    const client = await connect(mcp)
    const seen: unknown[] = []
    client.setNotificationHandler("notifications/message", ({ params }) => void seen.push(params))
    await client.callTool({ name: "work", _meta: { "io.modelcontextprotocol/logLevel": "warning" } })
    expect(seen).toEqual([{ level: "error", logger: "storage", data: { disk: "full" } }])
  })

  it("gives each of many calls at once its own answer and progress", async () => {
    const mcp = quiet()
    mcp.tool({ name: "echo", input: z.object({ n: z.number() }) }, async ({ n }, ctx) => {
      ctx.progress(n + 1)
      await new Promise(setImmediate)
      return n
    })
    const client = await connect(mcp)
    const numbers = Array.from({ length: 50 }, (_, n) => n)
    const answers = numbers.map(async (n) => {
      const reports: number[] = []
      const onprogress = ({ progress }: { progress: number }) => reports.push(progress)
      const { structuredContent } = await client.callTool({ name: "echo", arguments: { n } }, { onprogress })
      return [structuredContent, ...reports]
    })
    expect(await Promise.all(answers)).toEqual(numbers.map((n) => [n, n + 1]))
  })

  it("aborts the handler's signal when the client aborts the call", async () => {
    const mcp = quiet()
    const stopped = new Promise<unknown>((resolve) => {
      mcp.tool({ name: "wait" }, (_, ctx) => {
        ctx.progress(1)
        ctx.signal.addEventListener("abort", () => resolve(ctx.signal.reason))
        return new Promise(() => undefined)
      })
    })
    const client = await connect(mcp)
    const controller = new AbortController()
    // The first report says that the handler runs.
    const options = { signal: controller.signal, onprogress: () => controller.abort() }
    await expect(client.callTool({ name: "wait" }, options)).rejects.toThrow()
    expect(await stopped).toMatchObject({ reason: "disconnect" })
  })
})

describe("resources/read", () => {
  it("reads text, bytes, JSON and templates", async () => {
    const mcp = quiet()
    mcp.resource("docs://text", () => "words")
    mcp.resource("docs://bytes", () => new Uint8Array([1, 2, 3]))
    mcp.resource("users://{id}/files/{path*}", (args) => args)
    const client = await connect(mcp)
    const read = async (uri: string) => (await client.readResource({ uri })).contents
    expect(await read("docs://text")).toEqual([{ uri: "docs://text", mimeType: "text/plain", text: "words" }])
    expect(await read("docs://bytes")).toEqual([
      { uri: "docs://bytes", mimeType: "application/octet-stream", blob: "AQID" },
    ])
    const uri = "users://7/files/a/b%20c.txt"
    expect(await read(uri)).toEqual([
      { uri, mimeType: "application/json", text: '{"id":"7","path":"a/b c.txt"}' },
    ])
  })
})

describe("completion/complete", () => {
  it("suggests values for arguments of prompts and variables of templates", async () => {
    const mcp = quiet()
    mcp.prompt(
      { name: "greet", args: z.object({ to: z.string() }), complete: { to: ["Ada", "Alan", "Grace"] } },
      ({ to }) => to,
    )
    mcp.resource(
      {
        uri: "repos://{owner}/{repo}",
        complete: { repo: (_, { arguments: filled }) => [`${filled.owner}-1`] },
      },
      (args) => args,
    )
    const client = await connect(mcp)
    const ofPrompt = await client.complete({
      ref: { type: "ref/prompt", name: "greet" },
      argument: { name: "to", value: "a" },
    })
    expect(ofPrompt.completion).toEqual({ values: ["Ada", "Alan"], total: 2, hasMore: false })
    const ofTemplate = await client.complete({
      ref: { type: "ref/resource", uri: "repos://{owner}/{repo}" },
      argument: { name: "repo", value: "" },
      context: { arguments: { owner: "ada" } },
    })
    expect(ofTemplate.completion.values).toEqual(["ada-1"])
  })
})

describe("subscriptions/listen", () => {
  it("tells of lists that change and of resources that were updated", async () => {
    const mcp = quiet()
    mcp.resource("docs://readme", () => "# Hi")
    const first = mcp.tool({ name: "first" }, () => 1)
    const client = await connect(mcp)
    const events = new EventTarget()
    const next = (event: string) =>
      new Promise<Event>((resolve) => events.addEventListener(event, resolve, { once: true }))
    client.setNotificationHandler("notifications/tools/list_changed", () => {
      events.dispatchEvent(new Event("tools"))
    })
    client.setNotificationHandler("notifications/resources/updated", ({ params }) => {
      events.dispatchEvent(new Event(params.uri))
    })
    const subscription = await client.listen({
      toolsListChanged: true,
      promptsListChanged: true,
      resourceSubscriptions: ["docs://readme"],
    })
    expect(subscription.honoredFilter).toEqual({
      toolsListChanged: true,
      resourceSubscriptions: ["docs://readme"],
    })
    const added = next("tools")
    mcp.add(tool({ name: "second" }, () => 2))
    await added
    const removed = next("tools")
    mcp.remove(first)
    await removed
    const updated = next("docs://readme")
    mcp.resourceUpdated("docs://readme")
    await updated
    await subscription.close()
    expect(await subscription.closed).toBe("local")
  })

  it("is ended with an answer when the server closes", async () => {
    const mcp = quiet()
    mcp.tool({ name: "first" }, () => 1)
    const client = await connect(mcp)
    const subscription = await client.listen({ toolsListChanged: true })
    await mcp.close({ graceMs: 100 })
    expect(await subscription.closed).toBe("graceful")
  })
})
