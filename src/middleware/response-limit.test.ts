import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { errorOf, resultOf } from "../../test/support/post.ts"
import { call, rpc } from "../../test/support/rpc.ts"
import { loggedServer } from "../../test/support/server.ts"
import { image, text as words } from "../components/content.ts"
import { ToolResult } from "../components/result.ts"
import { utf8Length } from "../shared/utf8-length.ts"
import { type ResponseLimitOptions, responseLimit } from "./response-limit.ts"
import { certainlyFits, cutText, inString, jsonBytes } from "./response-limit-size.ts"

const maxBytes = 2000
const large = "x".repeat(5000)
const picture = Uint8Array.from([137, 80, 78, 71, 13, 10, 26, 10, ...Array<number>(3000).fill(1)])

function limited(options: ResponseLimitOptions = {}) {
  const { mcp } = loggedServer({ middleware: [responseLimit({ maxBytes, ...options })] })
  mcp.tool({ name: "text" }, () => large)
  mcp.tool({ name: "small" }, () => "small")
  mcp.tool({ name: "data", output: z.object({ text: z.string() }) }, () => ({ text: large }))
  mcp.tool({ name: "loose" }, () => ({ text: large }))
  mcp.tool({ name: "mixed" }, () => [
    words("first"),
    image(picture, { mimeType: "image/png" }),
    words("last"),
  ])
  mcp.tool({ name: "meta" }, () => new ToolResult({ content: large, meta: { "a.b/c": 1 } }))
  mcp.tool({ name: "fail", output: z.object({}) }, () => {
    throw new Error(large)
  })
  mcp.resource({ uri: "a://plain", mimeType: "text/plain" }, () => large)
  mcp.resource("a://json", () => ({ large }))
  mcp.resource("a://blob", () => picture)
  mcp.prompt("ask", () => large)
  return mcp
}

type Content = readonly { readonly type: string; readonly text?: string }[]

describe("responseLimit()", () => {
  it("leaves alone what fits", async () => {
    expect(await resultOf(limited(), call("small"))).toMatchObject({ content: [{ text: "small" }] })
  })

  it("cuts a text and says so", async () => {
    const result = await resultOf(limited({ suffix: " …" }), call("text"))
    const [block] = result.content as Content
    expect(block?.text).toMatch(/^x+ …$/)
    expect(block?.text?.length).toBeGreaterThan(1900)
    expect(result.isError).toBeUndefined()
  })

  it("says what is left out, however much of the room the text before it takes", async () => {
    let length = 0
    const { mcp } = loggedServer({ middleware: [responseLimit({ maxBytes: 1024 })] })
    mcp.tool({ name: "two" }, () => [words("x".repeat(length)), words(large)])
    for (length = 800; length < 1024; length++) {
      const result = await resultOf(mcp, call("two"))
      expect(JSON.stringify(result.content)).toContain("left out")
    }
  })

  it("answers structured content that is too large by an error that says what to do", async () => {
    const result = await resultOf(limited(), call("data"))
    expect(result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringMatching(/^RESPONSE_TOO_LARGE: .* 2000 are allowed\. Ask for less/) }],
    })
    expect(result.structuredContent).toBeUndefined()
  })

  it("drops structured content where it is told to, but not of a tool with an output schema", async () => {
    const mcp = limited({ structured: "drop" })
    const loose = await resultOf(mcp, call("loose"))
    expect([loose.isError, loose.structuredContent]).toEqual([undefined, undefined])
    expect(await resultOf(mcp, call("data"))).toMatchObject({ isError: true })
  })

  it("never cuts the text of a tool with an output schema whose structured content was lost", async () => {
    const mcp = limited({ structured: "drop" })
    mcp.use({
      async callTool(_, next) {
        const outcome = await next()
        if (outcome.kind !== "complete") return outcome
        const { structuredContent: _lost, ...result } = outcome.result
        return { kind: "complete", result }
      },
    })
    expect(await resultOf(mcp, call("data"))).toMatchObject({ isError: true })
  })

  it("cuts what a failed tool says, whatever its schema", async () => {
    const result = await resultOf(limited(), call("fail"))
    expect((result.content as Content)[0]?.text).toMatch(/^Error calling tool 'fail': x+\n\n\[The rest/)
  })

  it("replaces an image that does not fit by a note, and keeps the texts around it", async () => {
    const result = await resultOf(limited(), call("mixed"))
    expect((result.content as Content).map(({ text }) => text)).toEqual([
      "first",
      expect.stringMatching(/^\[image \(image\/png\) of \d+ bytes left out: too large\]$/),
      "last",
    ])
  })

  it("keeps the _meta of a result", async () => {
    expect(await resultOf(limited(), call("meta"))).toMatchObject({ _meta: { "a.b/c": 1 } })
  })

  it("limits the tools it is told to", async () => {
    const mcp = limited({ tools: [] })
    expect(((await resultOf(mcp, call("text"))).content as Content)[0]?.text).toBe(large)
  })

  it("cuts prompts", async () => {
    const { messages } = await resultOf(limited(), rpc("prompts/get", { name: "ask" }))
    expect((messages as readonly { content: { text: string } }[])[0]?.content.text).toMatch(
      /^x+\n\n\[The rest/,
    )
  })

  it("cuts plain texts of resources", async () => {
    const { contents } = await resultOf(limited(), rpc("resources/read", { uri: "a://plain" }))
    expect((contents as Content)[0]?.text).toMatch(/^x+\n\n\[The rest/)
  })

  it.each(["a://json", "a://blob"])("refuses %s, of which half is worth nothing", async (uri) => {
    expect(await errorOf(limited(), rpc("resources/read", { uri }))).toMatchObject({
      code: -32603,
      message: expect.stringContaining("RESPONSE_TOO_LARGE"),
      data: { maxBytes },
    })
  })

  it("limits the methods it is told to", async () => {
    const { contents } = await resultOf(
      limited({ methods: ["tools/call"] }),
      rpc("resources/read", { uri: "a://plain" }),
    )
    expect((contents as Content)[0]?.text).toBe(large)
  })

  it("refuses content that middleware broke", async () => {
    const mcp = limited()
    const content = [null, { type: "text", text: large }] as never
    mcp.use({ callTool: () => ({ kind: "complete", result: { content } }) })
    expect(await resultOf(mcp, call("text"))).toMatchObject({ isError: true })
  })

  it("lets no result through that is larger, whatever its content is", { timeout: 30_000 }, async () => {
    const block = fc.oneof(
      fc.record({ type: fc.constant("text"), text: fc.string({ maxLength: 3000, unit: "binary" }) }),
      fc.record({ type: fc.constant("image"), data: fc.string({ maxLength: 3000 }), mimeType: fc.string() }),
    )
    const mcp = limited()
    let content: unknown
    const sizes: number[] = []
    mcp.use({ callTool: () => ({ kind: "complete", result: { content } as never }) })
    await fc.assert(
      fc.asyncProperty(fc.array(block, { maxLength: 12 }), async (blocks) => {
        content = blocks
        const { resultType: _, _meta: __, ...result } = await resultOf(mcp, call("text"))
        sizes.push(jsonBytes(result))
        expect(sizes.at(-1)).toBeLessThanOrEqual(maxBytes)
      }),
      { numRuns: 20 },
    )
  })

  it.each([
    [{ maxBytes: 10 }, "maxBytes"],
    [{ suffix: large }, "suffix"],
    [{ methods: ["tools/list"] }, "methods"],
    [{ structured: "cut" }, "structured"],
    [{ maxSize: 1 }, "maxBytes"],
  ])("refuses options that cannot be meant: %o", (options, words) => {
    expect(() => responseLimit(options as object)).toThrow(words)
  })
})

describe("a text that is cut", () => {
  it("is whole in its characters and fits, with its suffix", () => {
    const texts = fc.string({ unit: "binary", maxLength: 300 })
    fc.assert(
      fc.property(texts, fc.integer({ min: 10, max: 400 }), (text, room) => {
        const cut = cutText(text, "…", room)
        if (cut === text) return
        expect(inString(cut)).toBeLessThanOrEqual(room)
        expect(text.startsWith(cut.slice(0, -1))).toBe(true)
      }),
    )
  })

  it.each([
    ["a pair of surrogates", "ab😀cd", "ab"],
    ["a letter and its marks", "abe\u0301cd", "ab"],
    ["a family", "ab👨‍👩‍👧cd", "ab"],
    ["a skin tone", "ab👍🏽cd", "ab"],
    ["a line's end", "ab\r\ncd", "ab"],
    ["a flag", "ab🇩🇪cd", "ab"],
    ["the second of two flags", "ab🇩🇪🇫🇷cd", "ab🇩🇪"],
  ])("never cuts %s", (_, text, kept) => {
    const least = inString(kept)
    const whole = inString(text.slice(0, text.length - 2))
    for (let room = least; room < whole; room++) expect(cutText(text, "", room)).toBe(kept)
  })

  it("of a million characters is cut at once", () => {
    const started = performance.now()
    cutText("\u0301".repeat(1_000_000), "…", 100_000)
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

describe("what certainly fits", () => {
  it("does fit", () => {
    fc.assert(
      fc.property(fc.json(), fc.integer({ min: 1, max: 500 }), (json, room) => {
        const value: unknown = JSON.parse(json)
        if (certainlyFits(value, room)) expect(utf8Length(JSON.stringify(value))).toBeLessThanOrEqual(room)
      }),
    )
  })

  it("is nothing that writes itself", () => {
    expect(certainlyFits({ toJSON: () => large }, 1000)).toBe(false)
  })
})
