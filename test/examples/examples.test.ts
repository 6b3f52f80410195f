import { readdirSync, readFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import asking from "../../examples/asking.ts"
import authentication from "../../examples/authentication.ts"
import composition, { calculator } from "../../examples/composition.ts"
import errors from "../../examples/errors.ts"
import http, { fetch as fetchElsewhere, server } from "../../examples/http-options.ts"
import icons from "../../examples/icons.ts"
import middleware from "../../examples/middleware.ts"
import plugin from "../../examples/plugin.ts"
import progress from "../../examples/progress-and-logging.ts"
import prompts from "../../examples/prompts-and-completions.ts"
import resources from "../../examples/resources.ts"
import schemas from "../../examples/schemas.ts"
import tools from "../../examples/tools.ts"
import { callForText, connect, read } from "./example.ts"

/** Started by itself, which the demo's own test does. */
const programs = ["quickstart.ts", "serve.ts"]

it("leaves no example untested", () => {
  const own = readFileSync(new URL(import.meta.url), "utf8")
  const untested = readdirSync("examples").filter(
    (name) => !programs.includes(name) && !own.includes(`/${name}"`),
  )
  expect(untested).toEqual([])
})

describe("tools.ts", () => {
  it("describes its tools", async () => {
    const client = await connect(tools)
    const convert = (await client.listTools()).tools.find(({ name }) => name === "convert")
    expect(convert).toMatchObject({ title: "Convert temperature", annotations: { readOnlyHint: true } })
    expect(await callForText(client, "convert", { celsius: 100 })).toBe("212")
    expect(await callForText(client, "convert", { celsius: 0, to: "kelvin" })).toBe("273.15")
  })

  it("writes the text beside structured content", async () => {
    const client = await connect(tools)
    const result = await client.callTool({ name: "weather", arguments: { city: "Rome" } })
    expect(result.structuredContent).toEqual({ city: "Rome", degrees: 21, sky: "Sunny" })
    expect(result.content).toEqual([{ type: "text", text: "Sunny, 21 °C in Rome" }])
  })

  it("returns content of every kind", async () => {
    const { content } = await (await connect(tools)).callTool({ name: "report" })
    expect(content.map(({ type }) => type)).toEqual(["text", "image", "resource", "resource_link"])
  })

  it("says every part of a result itself", async () => {
    const result = await (await connect(tools)).callTool({ name: "search", arguments: { query: "tea" } })
    expect(result).toMatchObject({
      content: [{ text: "1 hit: page 3" }],
      structuredContent: { hits: [{ page: 3, title: "All about tea" }] },
      _meta: { "com.example/took-ms": 2 },
    })
  })

  it("collects what a generator yields", async () => {
    const result = await (await connect(tools)).callTool({ name: "count", arguments: { to: 3 } })
    expect(result.structuredContent).toEqual([1, 2, 3])
  })

  it("takes arguments that headers repeat", async () => {
    const client = await connect(tools)
    await client.listTools()
    expect(await callForText(client, "order", { region: "EU", item: "tea" })).toBe("Ordered tea in EU")
  })
})

describe("schemas.ts", () => {
  it.each(["zod", "valibot", "arktype", "json_schema"])("greets by %s", async (name) => {
    const client = await connect(schemas)
    expect(await callForText(client, name, { name: "Ada" })).toBe("Hello, Ada!")
    expect(await callForText(client, name, { name: "Ada", times: 2 })).toBe("Hello, Ada! Hello, Ada!")
    expect(await callForText(client, name, { name: "", times: "2" })).toContain("times")
  })

  it("coerces where it is told to", async () => {
    const client = await connect(schemas)
    expect(await callForText(client, "lenient", { times: "2" })).toBe("Hello! Hello!")
  })
})

describe("resources.ts", () => {
  it("reads JSON, text, bytes and several contents", async () => {
    const client = await connect(resources)
    expect(await read(client, "config://settings")).toEqual({ "config://settings": '{"theme":"dark"}' })
    expect(await read(client, "docs://handbook")).toEqual({ "docs://handbook": "# Handbook" })
    expect(await read(client, "logo://dot")).toEqual({ "logo://dot": "image/gif R0lGODlhAQABAAAAACw=" })
    expect(await read(client, "folder://reports")).toEqual({
      "folder://reports/1.md": "# First",
      "folder://reports/2.json": '{"visits":20}',
    })
  })

  it("gives templates their variables", async () => {
    const client = await connect(resources)
    const plain = "users://7/files/a/b.txt"
    expect(await read(client, plain)).toEqual({ [plain]: "a/b.txt of Ada as text" })
    const asJson = `${plain}?format=json`
    expect(await read(client, asJson)).toEqual({ [asJson]: "a/b.txt of Ada as json" })
  })

  it("finds only what fits the schema of a template", async () => {
    const client = await connect(resources)
    expect(await read(client, "orders://2026/2")).toEqual({
      "orders://2026/2": '{"year":2026,"month":2,"orders":4052}',
    })
    await expect(client.readResource({ uri: "orders://2026/13" })).rejects.toThrow("orders://2026/13")
    const ref = { type: "ref/resource" as const, uri: "orders://{year}/{month}" }
    const { completion } = await client.complete({ ref, argument: { name: "month", value: "1" } })
    expect(completion.values).toEqual(["1", "10", "11", "12"])
  })

  it("tells subscribers of a change", async () => {
    const client = await connect(resources)
    const updated = new Promise<string>((resolve) => {
      client.setNotificationHandler("notifications/resources/updated", ({ params }) => resolve(params.uri))
    })
    await client.listen({ resourceSubscriptions: ["rates://eur-usd"] })
    await client.callTool({ name: "set_rate", arguments: { rate: 1.1 } })
    expect(await updated).toBe("rates://eur-usd")
    expect(await read(client, "rates://eur-usd")).toEqual({ "rates://eur-usd": "1.1" })
  })
})

describe("prompts-and-completions.ts", () => {
  it("makes messages of strings, media and both roles", async () => {
    const client = await connect(prompts)
    const args = { code: "let x", strict: "true" }
    const { messages } = await client.getPrompt({ name: "review", arguments: args })
    expect(messages).toMatchObject([
      { role: "user", content: { text: "Review this code line by line:\nlet x" } },
    ])
    const debug = await client.getPrompt({ name: "debug", arguments: { error: "E" } })
    expect(debug.messages.map(({ role, content }) => [role, content.type])).toEqual([
      ["user", "text"],
      ["user", "resource"],
      ["assistant", "text"],
    ])
  })

  it("completes an argument by those before it", async () => {
    const client = await connect(prompts)
    const ref = { type: "ref/prompt" as const, name: "summarize" }
    const owners = await client.complete({ ref, argument: { name: "owner", value: "al" } })
    expect(owners.completion.values).toEqual(["alan"])
    const context = { arguments: { owner: "ada" } }
    const names = await client.complete({ ref, argument: { name: "repository", value: "e" }, context })
    expect(names.completion.values).toEqual(["engine"])
    const args = { owner: "ada", repository: "engine" }
    const { description } = await client.getPrompt({ name: "summarize", arguments: args })
    expect(description).toBe("About ada/engine")
  })
})

describe("asking.ts", () => {
  async function asked(...forms: readonly Record<string, string | number | boolean>[]) {
    const client = await connect(asking, {
      capabilities: { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} },
    })
    const left = [...forms]
    client.setRequestHandler("elicitation/create", () => {
      const content = left.shift()
      return content === undefined ? { action: "decline" } : { action: "accept", content }
    })
    client.setRequestHandler("sampling/createMessage", () => ({
      role: "assistant",
      model: "any",
      content: { type: "text", text: "Tea is back" },
    }))
    client.setRequestHandler("roots/list", () => ({
      roots: [{ uri: "file:///a" }, { uri: "file:///b", name: "B" }],
    }))
    return client
  }

  it("asks for a form", async () => {
    expect(await callForText(await asked({ day: "2026-11-22", guests: 4 }), "book_table")).toBe(
      "Booked for 4 on 2026-11-22",
    )
    expect(await callForText(await asked(), "book_table")).toBe("No table then")
  })

  it("asks one question after the other", async () => {
    expect(await callForText(await asked({ answer: "4" }, { answer: "9" }), "quiz")).toBe("All right")
  })

  it("asks for a visit, the model, the folders and several at once", async () => {
    const client = await asked({})
    expect(await callForText(client, "pay")).toBe("The page was opened")
    expect(await callForText(client, "headline", { article: "Tea was out" })).toBe("Tea is back")
    expect(await callForText(client, "folders")).toBe('["file:///a","B"]')
    expect(await callForText(await asked({ name: "Ada" }), "introduce")).toBe("Ada works in 2 folders")
  })

  it("asks by returning the question", async () => {
    const client = await asked({ sure: true })
    expect(await callForText(client, "confirm")).toBe('{"answer":"accept","state":{"asked":1}}')
  })
})

describe("progress-and-logging.ts", () => {
  it("reports progress", async () => {
    const client = await connect(progress)
    const seen: unknown[] = []
    const onprogress = (report: unknown) => seen.push(report)
    await client.callTool({ name: "import", arguments: { files: ["a", "b"] } }, { onprogress })
    expect(seen).toEqual([
      { progress: 1, total: 2, message: "a" },
      { progress: 2, total: 2, message: "b" },
    ])
  })

  it("logs to clients that ask for it", async () => {
    const client = await connect(progress)
    const seen: unknown[] = []
    client.setNotificationHandler("notifications/message", ({ params }) => void seen.push(params))
    await client.callTool({ name: "backup", _meta: { "io.modelcontextprotocol/logLevel": "info" } })
    expect(seen).toEqual([
      { level: "warning", logger: "storage", data: { disk: "nearly full", percent: 91 } },
    ])
  })

  it("finds the context of the call from afar", async () => {
    expect(await callForText(await connect(progress), "whoami")).toBe("reader speaks 2026-07-28")
  })
})

describe("errors.ts", () => {
  it("speaks to the model, hides the rest and stops what takes too long", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined)
    onTestFinished(() => log.mockRestore())
    const client = await connect(errors)
    expect(await callForText(client, "buy", { item: "milk", amount: 1 })).toBe("We have no milk. Try tea.")
    expect(await callForText(client, "buy", { item: "tea", amount: 5 })).toBe("Only 3 of tea are left.")
    expect(await callForText(client, "crash")).toBe("Error calling tool 'crash'")
    expect(log.mock.calls[0]?.slice(0, 2)).toEqual(["error", "Error calling tool 'crash'"])
    expect(await callForText(client, "slow")).toContain("did not finish within 20 ms")
  })
})

describe("middleware.ts", () => {
  it("leaves a user for handlers, answers by itself and sees every call", async () => {
    const client = await connect(middleware, { headers: { "x-user": "Ada" } })
    expect(await callForText(client, "greet")).toBe("Hello, Ada!")
    expect(await callForText(client, "work")).toBe("Not today")
    expect(await callForText(client, "durations")).toContain("tools/call complete")
  })
})

describe("plugin.ts", () => {
  it("adds a method, a notification, a route and a capability", async () => {
    const client = await connect(plugin)
    expect(client.getServerCapabilities()?.extensions).toEqual({
      "com.example/polls": { options: ["tea", "coffee"] },
    })
    expect(await vote("tea")).toMatchObject({ result: { votes: 1 } })
    expect(await vote("water")).toMatchObject({ error: { code: -32602, message: "There is no `water`." } })
    const votes = await plugin.fetch(new Request("http://localhost/votes"))
    expect(await votes.json()).toEqual({ tea: 1 })
  })

  async function vote(option: string): Promise<unknown> {
    const _meta = {
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientCapabilities": {},
    }
    const method = "com.example/vote"
    const headers = {
      "content-type": "application/json",
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": method,
    }
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: { option, _meta } })
    const answer = await plugin.fetch(new Request("http://localhost/mcp", { method: "POST", headers, body }))
    return answer.json()
  }
})

describe("authentication.ts", () => {
  const as = (token: string) => connect(authentication, { headers: { authorization: `Bearer ${token}` } })

  it("knows who calls and hides what is not for them", async () => {
    const [ada, bob] = [await as("ada-token"), await as("bob-token")]
    expect(await callForText(ada, "whoami")).toBe("ada")
    expect(await callForText(ada, "erase")).toBe("All notes are gone")
    const { tools: bobs } = await bob.listTools()
    expect(bobs.map(({ name }) => name)).toEqual(["whoami"])
    expect(await read(bob, "notes://all")).toEqual({ "notes://all": '["Buy tea"]' })
  })

  it("turns strangers away", async () => {
    await expect(as("stolen")).rejects.toThrow()
  })
})

describe("http-options.ts", () => {
  const get = (path: string, init?: RequestInit) => http.fetch(new Request(`http://localhost${path}`, init))

  it("serves routes and its health", async () => {
    expect((await get("/healthz")).status).toBe(200)
    expect(await (await get("/version")).json()).toEqual({ version: "1.0.0" })
    expect(await (await get("/metrics")).text()).toBe("calls 1\n")
  })

  it("lets pages of one origin read answers, and no others", async () => {
    const preflight = (origin: string) =>
      get("/mcp", { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } })
    const own = await preflight("https://app.example.com")
    expect(own.headers.get("access-control-allow-origin")).toBe("https://app.example.com")
    const foreign = await preflight("https://evil.example.com")
    expect(foreign.headers.get("access-control-allow-origin")).toBeNull()
  })

  it("answers in a server that the user made", async () => {
    expect(server).toBeInstanceOf(Object.getPrototypeOf(createServer()).constructor)
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    onTestFinished(() => void server.close())
    // It listens on a port.
    const { port } = server.address() as AddressInfo
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
  })

  it("answers at another path too", async () => {
    const answer = await fetchElsewhere(new Request("http://localhost/v2/mcp"))
    expect(answer.status).toBe(405)
  })
})

describe("composition.ts", () => {
  it("calls tools from tools, and changes them while it runs", async () => {
    const client = await connect(composition)
    expect(await callForText(client, "average", { a: 2, b: 4 })).toBe("3")
    await client.callTool({ name: "upgrade" })
    expect(await callForText(client, "divide", { a: 1, b: 0 })).toBe("Nobody can say")
    const { tools: left } = await client.listTools()
    expect(left.map(({ name }) => name)).not.toContain("add")
  })

  it("offers a part of its components by another server", async () => {
    const client = await connect(calculator)
    const { tools: offered } = await client.listTools()
    expect(offered.map(({ name }) => name)).toEqual(["add", "divide"])
    expect((await client.listResources()).resources).toEqual([])
    await expect(client.readResource({ uri: "config://settings" })).rejects.toThrow()
  })
})

describe("icons.ts", () => {
  it("shows icons of the server and its components", async () => {
    const client = await connect(icons)
    expect(client.getServerVersion()?.icons).toMatchObject([
      { src: "https://example.com/icon.svg", theme: "light" },
      { sizes: ["1x1"], mimeType: "image/png" },
    ])
    const [paint] = (await client.listTools()).tools
    expect(paint?.icons).toEqual([{ src: "https://example.com/brush.png" }])
    expect((await client.listResources()).resources[0]?.icons).toHaveLength(1)
    expect((await client.listPrompts()).prompts[0]?.icons).toHaveLength(1)
  })
})
