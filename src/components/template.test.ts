import { describe, expect, it } from "vitest"
import * as z from "zod"
import { UnknownOption } from "../errors/server.ts"
import { TemplateMismatch } from "../errors/uri.ts"
import { FleetMCP } from "../fleet-mcp.ts"
import { connect } from "../testing/connect.ts"
import { resource } from "./resource.ts"
import type { Template } from "./template.ts"

/** Reads the text of a template; `undefined` where nothing is found. */
async function read(one: Template, uri: string): Promise<string | undefined> {
  const mcp = new FleetMCP("test", { log: () => undefined, resources: [one] })
  await using client = await connect(mcp)
  try {
    const [contents] = (await client.readResource(uri)).contents
    return contents !== undefined && "text" in contents ? contents.text : undefined
  } catch (error) {
    expect(error).toMatchObject({ error: { code: -32602, data: { uri } } })
    return undefined
  }
}

/** Makes what should not compile. */
const loose = resource as unknown as (config: object, handler: (args: object) => unknown) => Template

const show = (args: object): string => JSON.stringify(args)

describe("a template", () => {
  it("gives its variables, decoded, and only those that are there", async () => {
    const files = resource("users://{id}/files/{path*}{?format}", show)
    expect(await read(files, "users://7/files/a/b%20c?format=json")).toBe(
      '{"id":"7","path":"a/b c","format":"json"}',
    )
    expect(await read(files, "users://7/files/a")).toBe('{"id":"7","path":"a"}')
    expect(await read(files, "users://7")).toBeUndefined()
  })

  it("lists what it says of itself", () => {
    const users = resource({ uri: "users://{id}", mimeType: "text/plain", description: "A user" }, show)
    expect(users.definition).toEqual({
      uriTemplate: "users://{id}",
      name: expect.any(String),
      title: expect.any(String),
      description: "A user",
      mimeType: "text/plain",
    })
    expect(Object.isFrozen(users)).toBe(true)
  })
})

describe("a schema for the variables", () => {
  const typed = resource(
    {
      uri: "users://{id}{?page,deep}",
      args: z.object({
        id: z.number(),
        page: z.number().int().default(1),
        deep: z.boolean().optional(),
      }),
    },
    show,
  )

  it("makes numbers and booleans of texts, and fills in defaults", async () => {
    expect(await read(typed, "users://7?deep=true&page=2")).toBe('{"id":7,"page":2,"deep":true}')
    expect(await read(typed, "users://7")).toBe('{"id":7,"page":1}')
  })

  it("leaves nothing to be found where it does not fit", async () => {
    expect(await read(typed, "users://ada")).toBeUndefined()
    expect(await read(typed, "users://7?page=1.5")).toBeUndefined()
  })

  it("may take its time", async () => {
    const args = z.object({ id: z.string().refine(async (id) => id === "known") })
    const slow = resource({ uri: "users://{id}", args }, show)
    expect(await read(slow, "users://known")).toBe('{"id":"known"}')
    expect(await read(slow, "users://other")).toBeUndefined()
  })

  it.each([
    [{ uri: "a://{id}", args: z.object({ idd: z.string() }) }, "Did you mean `id`?"],
    [{ uri: "a://{id}", args: z.object({}) }, "which no parameter takes"],
    [{ uri: "a://b{?q}", args: z.object({ q: z.string() }) }, "only as an optional query variable"],
    [{ uri: "a://{id}", complete: { di: [] } }, "`di` is no variable"],
    [{ uri: "a://{id}", security: { exempt: ["path"] } }, "`path` is no variable"],
    [{ uri: "a://{id}", security: { screen: ["q"] } }, "`q` is no variable"],
  ])("and all else that names variables agree with the template: %o", (config, message) => {
    const make = () => loose(config, show)
    expect(make).toThrow(TemplateMismatch)
    expect(make).toThrow(message)
  })
})

describe("screening", () => {
  const hostile = ["..", "../etc/passwd", "a/../../b", "/etc/passwd", "%2e%2e/x", "..\\x", "a\0b", "C:\\x"]
  const harmless = ["a", "a/b", "a/../b", ".env", "HEAD~1..HEAD"]
  const uriOf = (start: string, value: string) => `${start}${encodeURIComponent(value)}`

  it.each(hostile)("lets no variable of the path lead elsewhere: %j", async (value) => {
    expect(await read(resource("f://{path}", show), uriOf("f://", value))).toBeUndefined()
    expect(await read(resource("f://{path*}", show), uriOf("f://", value))).toBeUndefined()
    expect(await read(resource("f://{+path}", show), uriOf("f://", value))).toBeUndefined()
  })

  it.each(harmless)("lets others pass: %j", async (path) => {
    expect(await read(resource("f://{path*}", show), uriOf("f://", path))).toBe(show({ path }))
  })

  it("does not tell a screened URI from one that does not exist", async () => {
    const mcp = new FleetMCP("test", { resources: [resource("f://{path}", show)] })
    await using client = await connect(mcp)
    const failureOf = (uri: string) =>
      client.readResource(uri).catch((error: { error: object }) => error.error)
    const [screened, missing] = [await failureOf("f://..%2Fx"), await failureOf("g://..%2Fx")]
    expect(JSON.stringify(screened).replaceAll("f://", "g://")).toBe(JSON.stringify(missing))
  })

  it.each([...hostile, "/me"])("takes a variable of the query for a text: %j", async (q) => {
    expect(await read(resource("search://all{?q}", show), uriOf("search://all?q=", q))).toBe(show({ q }))
  })

  it("takes it for a path where it is said to be one", async () => {
    const open = resource({ uri: "open://file{?path,q}", security: { screen: ["path"] } }, show)
    expect(await read(open, "open://file?path=..%2Fx")).toBeUndefined()
    expect(await read(open, "open://file?path=x&q=..%2Fx")).toBe('{"path":"x","q":"../x"}')
  })

  it("exempts variables that are said to be no paths", async () => {
    const some = resource({ uri: "f://{a}/{b}", security: { exempt: ["a"] } }, show)
    expect(await read(some, "f://..%2Fx/b")).toBe('{"a":"../x","b":"b"}')
    expect(await read(some, "f://a/..%2Fx")).toBeUndefined()
    const all = resource({ uri: "f://{a}/{b}{?q}", security: { exempt: true, screen: ["q"] } }, show)
    expect(await read(all, "f://..%2Fx/..%2Fx")).toBe('{"a":"../x","b":"../x"}')
    expect(await read(all, "f://a/b?q=..%2Fx")).toBeUndefined()
  })
})

describe("completions of variables", () => {
  const many = Array.from({ length: 250 }, (_, index) => `user-${index}`)
  const users = resource({ uri: "users://{id}/{part}", complete: { id: many, part: () => many } }, show)
  const ref = { type: "ref/resource", uri: "users://{id}/{part}" } as const

  async function complete(name: string, value: string) {
    await using client = await connect(new FleetMCP("test", { resources: [users] }))
    return await client.complete(ref, { name, value })
  }

  it("are those of a list that begin alike, however they are written", async () => {
    expect(await complete("id", "USER-24")).toEqual({
      values: ["user-24", ...Array.from({ length: 10 }, (_, index) => `user-24${index}`)],
      total: 11,
      hasMore: false,
    })
  })

  it("are at most 100, with how many there are", async () => {
    for (const name of ["id", "part"]) {
      const { values, total, hasMore } = await complete(name, "")
      expect([values.length, total, hasMore]).toEqual([100, 250, true])
    }
  })

  it("are refused for names that the template does not have", async () => {
    await expect(complete("other", "")).rejects.toMatchObject({ error: { code: -32602 } })
  })

  it("may say themselves that there are more", async () => {
    const own = resource(
      { uri: "o://{id}", complete: { id: (typed) => ({ values: [typed], total: 9000, hasMore: true }) } },
      show,
    )
    await using client = await connect(new FleetMCP("test", { resources: [own] }))
    expect(
      await client.complete({ type: "ref/resource", uri: "o://{id}" }, { name: "id", value: "x" }),
    ).toEqual({
      values: ["x"],
      total: 9000,
      hasMore: true,
    })
  })
})

describe("options", () => {
  it("are named ours where another framework's name was given", () => {
    expect(() => loose({ uri: "a://{id}", parameters: {} }, show)).toThrow(UnknownOption)
    expect(() => loose({ uri: "a://{id}", parameters: {} }, show)).toThrow("Use `args`.")
  })
})
