import { describe, expect, it } from "vitest"
import composition, { calculator } from "../../examples/composition.ts"
import icons from "../../examples/icons.ts"
import prompts from "../../examples/prompts-and-completions.ts"
import resources from "../../examples/resources.ts"
import schemas from "../../examples/schemas.ts"
import tools from "../../examples/tools.ts"
import { callForText, connect, read } from "./example.ts"

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
