import { describe, expect, it, vi } from "vitest"
import { MissingHandler } from "../errors/components.ts"
import { InvalidOption, UnknownOption } from "../errors/server.ts"
import { InvalidUriTemplate } from "../errors/uri.ts"
import { FleetMCP } from "../fleet-mcp.ts"
import { connect } from "../testing/connect.ts"
import { type Resource, resource } from "./resource.ts"
import { resourceContents } from "./resource-contents.ts"
import type { Template } from "./template.ts"

async function read(one: Resource | Template, uri: string = one.id) {
  const mcp = new FleetMCP("test", { log: () => undefined, resources: [one] })
  await using client = await connect(mcp)
  return await client.readResource(uri)
}

/** Makes what should not compile. */
const loose = resource as unknown as (config: object | string, handler?: unknown) => Resource | Template

describe("a resource", () => {
  it("is a frozen value that lists what it says of itself", () => {
    const settings = resource(
      {
        uri: "config://app/settings.json",
        title: "Settings",
        mimeType: "application/json",
        size: 12,
        annotations: { audience: ["user"], priority: 1 },
        tags: ["a"],
      },
      () => ({}),
    )
    expect(Object.isFrozen(settings)).toBe(true)
    expect(settings.definition).toEqual({
      uri: "config://app/settings.json",
      name: "settings.json",
      title: "Settings",
      mimeType: "application/json",
      size: 12,
      annotations: { audience: ["user"], priority: 1 },
      _meta: { "fleetmcp/tags": ["a"] },
    })
  })

  it("is a template where its URI has variables", () => {
    expect(resource("users://{id}", () => 1).kind).toBe("template")
    expect(resource("users://all", () => 1).kind).toBe("resource")
  })

  it.each([["no scheme"], ["with space://a b"]])("needs a URI: %s", (uri) => {
    expect(() => resource(uri, () => 1)).toThrow(InvalidUriTemplate)
  })

  it("needs a function", () => {
    expect(() => loose("config://a")).toThrow(MissingHandler)
    expect(() => loose("users://{id}")).toThrow(MissingHandler)
  })

  it.each([
    [
      { uri: "a://b", load: () => 1 },
      "Give the function as the second argument: `resource({ … }, handler)`.",
    ],
    [{ uri: "a://b", mime_type: "x" }, "Use `mimeType`."],
    [{ uri: "a://b", complete: {} }, "Put the variables into the URI"],
    [{ uri: "a://{b}", arguments: {} }, "Use `args`."],
    [{ uri: "a://{b}", size: 1 }, "what a template leads to has no one size"],
    [{ uri: "a://{b}", mimetype: "x" }, "Did you mean `mimeType`?"],
  ])("refuses an option that it does not have: %o", (config, advice) => {
    const make = () => loose(config, () => 1)
    expect(make).toThrow(UnknownOption)
    expect(make).toThrow(advice)
  })

  it("passes the URI where the other frameworks' name for it is given", () => {
    expect(() => loose({ uri: "a://b", uriTemplate: "a://{b}" }, () => 1)).toThrow("Use `uri`")
  })
})

describe("reading", () => {
  it.each([
    ["text", "hello", { mimeType: "text/plain", text: "hello" }],
    ["JSON", { a: 1 }, { mimeType: "application/json", text: '{"a":1}' }],
    ["bytes", Uint8Array.of(1, 2), { mimeType: "application/octet-stream", blob: "AQI=" }],
    ["a promise", Promise.resolve("later"), { text: "later" }],
  ])("gives %s", async (_, value, contents) => {
    expect((await read(resource("config://a", () => value))).contents).toMatchObject([
      { uri: "config://a", ...contents },
    ])
  })

  it("awaits what is thenable, whoever made it", async () => {
    // biome-ignore lint/suspicious/noThenProperty: what database clients return
    const query = { then: (done: (value: string) => void) => done("row") }
    expect((await read(resource("config://a", () => query))).contents).toMatchObject([{ text: "row" }])
    expect(
      (
        await read(
          resource("row://{id}", () => query),
          "row://1",
        )
      ).contents,
    ).toMatchObject([{ text: "row" }])
  })

  it("gives several contents", async () => {
    const both = resource("config://a", () => [
      resourceContents("x", { uri: "config://a/1" }),
      resourceContents({ b: 1 }, { uri: "config://a/2" }),
    ])
    expect((await read(both)).contents.map(({ uri }) => uri)).toEqual(["config://a/1", "config://a/2"])
  })

  it("prefers a resource to a template that fits too", async () => {
    const mcp = new FleetMCP("test")
    mcp.resource("users://{id}", ({ id }) => `user ${id}`)
    mcp.resource("users://me", () => "me")
    await using client = await connect(mcp)
    expect((await client.readResource("users://me")).contents).toMatchObject([{ text: "me" }])
    expect((await client.readResource("users://you")).contents).toMatchObject([{ text: "user you" }])
  })

  it("carries the cache hints of the resource", async () => {
    const cached = resource({ uri: "config://a", cache: { ttlMs: 5000, scope: "public" } }, () => "x")
    expect(await read(cached)).toMatchObject({ ttlMs: 5000, cacheScope: "public" })
  })

  it("fails with the time-out of the resource", async () => {
    vi.useFakeTimers()
    try {
      const pending = read(resource({ uri: "config://a", timeout: 100 }, () => new Promise(() => undefined)))
      const failed = expect(pending).rejects.toThrow("did not finish within 100 ms")
      await vi.advanceTimersByTimeAsync(100)
      await failed
    } finally {
      vi.useRealTimers()
    }
  })

  it.each([
    ["size", 5n],
    ["size", Number.NaN],
    ["size", -5],
    ["mimeType", "not a type"],
    ["tags", [5]],
    ["meta", { "com.x/n": 10n }],
  ])("refuses the %s %s where it is written, before it can break a list", (option, value) => {
    expect(() => resource({ uri: "config://a", [option]: value } as never, () => 1)).toThrow(option)
  })

  it("refuses a media type of a template that is none", () => {
    expect(() => resource({ uri: "users://{id}", mimeType: "not a type" }, () => 1)).toThrow(InvalidOption)
  })

  it("says that nothing is there, with the nearest URI", async () => {
    const one = resource("config://settings", () => 1)
    await expect(read(one, "config://setings")).rejects.toThrow("config://settings")
  })
})
