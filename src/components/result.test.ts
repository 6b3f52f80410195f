import { describe, expect, it } from "vitest"
import { InvalidMeta, InvalidResult, NotSerializable, UnawaitedPromise } from "../errors/components.ts"
import type { CallToolResult } from "../spec/index.ts"
import { file, image, link, text } from "./content.ts"
import { ToolResult, type ToolResultOptions, toCallToolResult } from "./result.ts"

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0])
const subject = "tool `t`"

function convert(value: unknown, options: Omit<ToolResultOptions, "subject"> = {}): CallToolResult {
  return toCallToolResult(value, { subject, ...options })
}

describe("a tool's plain return value", () => {
  it("is text when it is a string", () => {
    expect(convert("hello")).toStrictEqual({ content: [{ type: "text", text: "hello" }] })
  })

  it("is empty when it is undefined", () => {
    expect(convert(undefined)).toStrictEqual({ content: [] })
  })

  it.each([
    [3, "3"],
    [-0, "0"],
    [true, "true"],
    [null, "null"],
    [[], "[]"],
    [[1, 2], "[1,2]"],
    [{ a: 1 }, '{"a":1}'],
  ])("is structured content and its JSON text otherwise: %j", (value, json) => {
    expect(convert(value)).toStrictEqual({
      content: [{ type: "text", text: json }],
      structuredContent: value,
    })
  })

  it("is sent as JSON says it", () => {
    const result = convert({ at: new Date(0), gone: undefined })
    expect(result.structuredContent).toStrictEqual({ at: "1970-01-01T00:00:00.000Z" })
    expect(result.content).toEqual([{ type: "text", text: '{"at":"1970-01-01T00:00:00.000Z"}' }])
  })

  it("is structured content also as a string, where an output is declared", () => {
    expect(convert("x", { hasOutput: true })).toStrictEqual({
      content: [{ type: "text", text: '"x"' }],
      structuredContent: "x",
    })
  })

  it("is refused when JSON cannot say it", () => {
    expect(() => convert({ n: 1n })).toThrow(NotSerializable)
    expect(() => convert(() => 1)).toThrow(NotSerializable)
    expect(() => convert(Number.NaN)).toThrow(NotSerializable)
  })

  it("is refused when it holds a promise", () => {
    expect(() => convert([Promise.resolve(1)])).toThrow(UnawaitedPromise)
  })

  it("is refused when it is bare bytes, with the helpers that wrap them", () => {
    expect(() => convert(png)).toThrow(/`image\(bytes\)`/)
  })
})

describe("content", () => {
  it("is the result's content, without structured content", () => {
    const picture = image(png)
    expect(convert(picture)).toStrictEqual({ content: [picture] })
  })

  it("may be a list", () => {
    const blocks = [text("chart"), image(png), file("x", { name: "a.txt" }), link("https://example.com/a")]
    expect(convert(blocks).content).toEqual(blocks)
    expect(convert(blocks)).not.toHaveProperty("structuredContent")
  })

  it("is copied from a list, which the handler may keep", () => {
    const blocks = [text("a")]
    expect(convert(blocks).content).not.toBe(blocks)
  })

  it("cannot be mixed with data, wherever it stands", () => {
    expect(() => convert([image(png), { a: 1 }])).toThrow(/`result\[1\]` is data among content blocks/)
    expect(() => convert(["a", image(png)])).toThrow(/`result\[1\]` is a content block among data/)
    const plain = { type: "text", text: "a" }
    expect(() => convert(["hi", plain])).toThrow(/`result\[0\]` is data among content blocks/)
    expect(() => convert([plain, "hi"])).toThrow(/`result\[1\]` is data among content blocks/)
    expect(() => convert({ chart: image(png) })).toThrow(/`result\.chart` is a content block among data/)
  })

  it("counts as such when written by hand in the shape of the specification", () => {
    const block = { type: "text", text: "a", _meta: { x: 1 } }
    expect(convert(block)).toStrictEqual({ content: [block] })
    expect(convert([block, image(png)]).content).toHaveLength(2)
  })

  it("does not count as such when written by hand with other fields, or beside data", () => {
    const row = { type: "text", text: "a", id: 7 }
    expect(convert(row).structuredContent).toBe(row)
    const rows = [{ type: "text", text: "a" }, { type: "heading" }]
    expect(convert(rows).structuredContent).toBe(rows)
  })

  it("written by hand is data where an output is declared", () => {
    const rows = [{ type: "text", text: "a" }]
    expect(convert(rows, { hasOutput: true }).structuredContent).toBe(rows)
  })
})

describe("a whole plain result", () => {
  it("passes with all its fields", () => {
    const result = {
      content: [{ type: "text", text: "a", extra: 1 }],
      structuredContent: { a: 1 },
      isError: true,
      _meta: { "x.example/y": 1 },
    }
    expect(convert(result)).toEqual(result)
  })

  it("is checked to be JSON", () => {
    expect(() => convert({ content: [{ type: "text", text: "a" }], structuredContent: 1n })).toThrow(
      NotSerializable,
    )
    expect(() => convert({ content: [{ type: "text", text: "a" }], _meta: { a: 1n } })).toThrow(
      NotSerializable,
    )
  })

  it.each([
    ["isError", "no"],
    ["_meta", "str"],
    ["resultType", "input_required"],
  ])("is refused when its `%s` is %j", (field, value) => {
    const result = { content: [{ type: "text", text: "a" }], [field]: value }
    expect(() => convert(result)).toThrow(`its \`${field}\` is not what the specification says`)
  })

  it.each([
    [{ content: [{ type: "text", text: "a", annotations: 5 }] }],
    [{ content: [{ type: "text", text: "a", _meta: "b" }] }],
    [{ content: [{ type: "resource_link", uri: "a:b", name: "c", size: "5" }] }],
    [{ content: [] }],
    [{ content: ["a"] }],
    [{ content: [{ type: "paragraph" }] }],
    [{ type: "doc", content: [{ type: "text", text: "a" }] }],
    [["a", { type: "text", text: "a" }, { type: "chart", x: 1 }]],
  ])("is not seen in data that merely has content: %j", (value) => {
    expect(convert(value).structuredContent).toBe(value)
  })
})

describe("ToolResult", () => {
  it("says every part", () => {
    const result = new ToolResult({
      content: ["Sunny", image(png)],
      structuredContent: { sunny: true },
      isError: true,
      meta: { "com.example/a": 1 },
    })
    expect(convert(result)).toEqual({
      content: [{ type: "text", text: "Sunny" }, image(png)],
      structuredContent: { sunny: true },
      isError: true,
      _meta: { "com.example/a": 1 },
    })
  })

  it("gets the JSON text of its structured content when it has no content", () => {
    const result = convert(new ToolResult({ structuredContent: [1] }))
    expect(result).toStrictEqual({ content: [{ type: "text", text: "[1]" }], structuredContent: [1] })
  })

  it("may be empty", () => {
    expect(convert(new ToolResult({}))).toStrictEqual({ content: [] })
  })

  it("refuses content that is none", () => {
    // The types say so too; JavaScript callers get the message.
    const result = new ToolResult({ content: [{ a: 1 }] as never })
    expect(() => convert(result)).toThrow(InvalidResult)
  })

  it("refuses meta under a name of the protocol", () => {
    expect(() => new ToolResult({ meta: { "io.modelcontextprotocol/x": 1 } })).toThrow(InvalidMeta)
  })

  it("is known when another copy of the package made it", () => {
    const foreign = Object.assign(Object.create({ [Symbol.for("fleetmcp.tool-result")]: true }), {
      content: "a",
      isError: false,
    })
    expect(convert(foreign)).toStrictEqual({ content: [{ type: "text", text: "a" }] })
  })
})

describe("render", () => {
  it("gives the text beside structured content, from the value itself", () => {
    const at = new Date(0)
    const result = convert({ at }, { render: (value) => `at ${(value as { at: Date }).at.getTime()}` })
    expect(result.content).toEqual([{ type: "text", text: "at 0" }])
    expect(result.structuredContent).toEqual({ at: at.toISOString() })
  })

  it("may give blocks, and strings among them", () => {
    expect(convert(1, { render: () => ["a", image(png)] }).content).toHaveLength(2)
  })

  it("makes data of a string, so that programs get what the handler returned", () => {
    expect(convert("a", { render: (value) => `*${String(value)}*` })).toStrictEqual({
      content: [{ type: "text", text: "*a*" }],
      structuredContent: "a",
    })
  })

  it("is refused when it gives something else", () => {
    // The types say so too; JavaScript callers get the message.
    expect(() => convert(1, { render: () => 5 as never })).toThrow(InvalidResult)
  })

  it("has no say in content and whole results", () => {
    const render = (): string => expect.fail("render was called")
    expect(convert(text("a"), { render }).content).toHaveLength(1)
    expect(convert(new ToolResult({ content: "a" }), { render }).content).toHaveLength(1)
    expect(convert(undefined, { render }).content).toHaveLength(0)
  })
})
