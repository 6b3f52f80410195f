import { afterAll, describe, expect, expectTypeOf, it } from "vitest"
import * as z from "zod"
import { image, link, text } from "../components/content.ts"
import { ToolResult } from "../components/result.ts"
import type { ContentValue } from "../components/result-value.ts"
import { tool } from "../components/tool.ts"
import { FleetMCP } from "../fleet-mcp.ts"
import { connect } from "./connect.ts"

const png = Uint8Array.from(
  atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="),
  (char) => char.charCodeAt(0),
)
const epoch = new Date(0)
const isYes = (): boolean => true

interface Person {
  readonly name: string
  readonly born: Date
  readonly nick: string | undefined
}

const mcp = new FleetMCP("values", {
  log: () => undefined,
  tools: [
    tool({ name: "sum", input: z.object({ a: z.number(), b: z.number().default(2) }) }, ({ a, b }) => a + b),
    tool({ name: "words" }, () => "words"),
    tool({ name: "nothing" }, () => undefined),
    tool({ name: "null" }, () => null),
    tool({ name: "maybe" }, () => (isYes() ? undefined : 1)),
    tool({ name: "person" }, async (): Promise<Person> => ({ name: "Ada", born: epoch, nick: undefined })),
    tool({ name: "empty" }, () => []),
    tool({ name: "block" }, () => image(png)),
    tool({ name: "said" }, () => text("said")),
    tool({ name: "blocks" }, () => [text("a"), link("a://b")]),
    tool({ name: "either" }, () => (isYes() ? "text" : { a: 1 })),
    tool({ name: "looksLikeContent" }, () => ({ type: "text", text: "x" })),
    tool({ name: "row" }, () => ({ type: "text", text: "x", id: 1 })),
    tool(
      { name: "structured" },
      () => new ToolResult({ content: "for the model", structuredContent: { a: 1 } }),
    ),
    tool({ name: "unstructured" }, () => new ToolResult({ content: "for the model" })),
    tool({ name: "rendered", render: (value) => `# ${String(value)}` }, () => "raw"),
    tool({ name: "output", output: z.object({ at: z.string(), n: z.number().default(1) }) }, () => ({
      at: "x",
    })),
    tool({ name: "kind", output: z.enum(["a", "b"]) }, () => "a"),
    tool({ name: "thenable" }, () => ({
      // biome-ignore lint/suspicious/noThenProperty: what database clients return
      then: (done: (value: number) => void) => done(7),
    })),
    tool({ name: "yields" }, async function* () {
      yield 1
      yield 2
    }),
    tool({ name: "yieldsWords" }, function* () {
      yield "a"
      return "b"
    }),
    tool(
      { name: "json", input: { type: "object", properties: { a: { type: "number" } }, required: ["a"] } },
      ({ a }) => ({ a }),
    ),
  ],
})

const client = await connect(mcp)
afterAll(() => client.close())
const { tools } = client

describe("what a tool of the client gives, in type and in fact", () => {
  it("is the number that was returned", async () => {
    const value = await tools.sum({ a: 1 })
    expectTypeOf(value).toEqualTypeOf<number>()
    expect(value).toBe(3)
  })

  it("is the string that was returned", async () => {
    const value = await tools.words()
    expectTypeOf(value).toEqualTypeOf<string>()
    expect(value).toBe("words")
  })

  it("is `undefined` for nothing", async () => {
    const value = await tools.nothing()
    expectTypeOf(value).toEqualTypeOf<undefined>()
    expect(value).toBeUndefined()
  })

  it("is `null`", async () => {
    const value = await tools.null()
    expectTypeOf(value).toEqualTypeOf<null>()
    expect(value).toBeNull()
  })

  it("may be `undefined` where the handler may return nothing", async () => {
    const value = await tools.maybe()
    expectTypeOf(value).toEqualTypeOf<number | undefined>()
    expect(value).toBeUndefined()
  })

  it("has dates as strings, and lacks what is `undefined`", async () => {
    const value = await tools.person()
    expectTypeOf(value).toEqualTypeOf<{
      readonly name: string
      readonly born: string
      readonly nick?: string
    }>()
    expect(value).toStrictEqual({ name: "Ada", born: epoch.toISOString() })
  })

  it("is an empty list", async () => {
    const value = await tools.empty()
    expectTypeOf(value).toEqualTypeOf<never[]>()
    expect(value).toStrictEqual([])
  })

  it("is content where content was returned", async () => {
    const value = await tools.block()
    expectTypeOf(value).toEqualTypeOf<ContentValue>()
    expect(value).toMatchObject([{ type: "image", mimeType: "image/png" }])
    expectTypeOf(await tools.said()).toEqualTypeOf<ContentValue>()
    expect(await tools.said()).toBe("said")
    expectTypeOf(await tools.blocks()).toEqualTypeOf<ContentValue>()
    expect(await tools.blocks()).toHaveLength(2)
  })

  it("is one of what the handler may return", async () => {
    const value = await tools.either()
    expectTypeOf(value).toEqualTypeOf<string | { a: number }>()
    expect(value).toBe("text")
  })

  it("is unknown where data may be taken for content, and data where it cannot", async () => {
    const value = await tools.looksLikeContent()
    expectTypeOf(value).toEqualTypeOf<unknown>()
    expect(value).toBe("x")
    const row = await tools.row()
    expectTypeOf(row).toEqualTypeOf<{ type: string; text: string; id: number }>()
    expect(row).toStrictEqual({ type: "text", text: "x", id: 1 })
  })

  it("is the structured content of a `ToolResult`, else its content", async () => {
    const value = await tools.structured()
    expectTypeOf(value).toEqualTypeOf<{ a: number }>()
    expect(value).toStrictEqual({ a: 1 })
    expectTypeOf(await tools.unstructured()).toEqualTypeOf<ContentValue>()
    expect(await tools.unstructured()).toBe("for the model")
  })

  it("does not depend on how the model reads it", async () => {
    const value = await tools.rendered()
    expectTypeOf(value).toEqualTypeOf<string>()
    expect(value).toBe("raw")
  })

  it("is what the output schema makes of it", async () => {
    const value = await tools.output()
    expectTypeOf(value).toEqualTypeOf<{ at: string; n: number }>()
    expect(value).toStrictEqual({ at: "x", n: 1 })
    expectTypeOf(await tools.kind()).toEqualTypeOf<"a" | "b">()
    expect(await tools.kind()).toBe("a")
  })

  it("is awaited, whoever made the promise", async () => {
    expect(await tools.thenable()).toBe(7)
  })

  it("is the list of what was yielded, with what was returned last", async () => {
    const value = await tools.yields()
    expectTypeOf(value).toEqualTypeOf<(1 | 2)[]>()
    expect(value).toStrictEqual([1, 2])
    const words = await tools.yieldsWords()
    expectTypeOf(words).toEqualTypeOf<string[]>()
    expect(words).toStrictEqual(["a", "b"])
  })

  it("follows from raw JSON Schema", async () => {
    const value = await tools.json({ a: 5 })
    expectTypeOf(value).toEqualTypeOf<{ a: number }>()
    expectTypeOf(tools.json).parameter(0).toEqualTypeOf<{ a: number }>()
    expect(value).toStrictEqual({ a: 5 })
  })
})
