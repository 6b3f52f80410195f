import { describe, expect, it } from "vitest"
import {
  InvalidContent,
  InvalidMeta,
  InvalidResult,
  NotSerializable,
  UnawaitedPromise,
} from "../errors/components.ts"
import type { ReadResourceResult } from "../spec/index.ts"
import { file, image, link, text } from "./content.ts"
import { resourceContents } from "./resource-contents.ts"
import { toReadResourceResult } from "./resource-result.ts"

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const uri = "data://x"

function read(value: unknown, mimeType?: string): ReadResourceResult {
  return toReadResourceResult(value, { uri, mimeType, subject: "resource `data://x`" })
}

describe("what a resource's handler returns", () => {
  it("is text when it is a string", () => {
    expect(read("a")).toStrictEqual({ contents: [{ uri, mimeType: "text/plain", text: "a" }] })
  })

  it("is a blob when it is bytes, of any kind", () => {
    const blob = { uri, mimeType: "application/octet-stream", blob: "AQI=" }
    expect(read(new Uint8Array([1, 2]))).toStrictEqual({ contents: [blob] })
    expect(read(Buffer.from([1, 2]))).toStrictEqual({ contents: [blob] })
    expect(read(new Uint8Array([1, 2]).buffer)).toStrictEqual({ contents: [blob] })
    expect(read(new DataView(new Uint8Array([0, 1, 2]).buffer, 1))).toStrictEqual({ contents: [blob] })
  })

  it.each([[{ a: 1 }], [[]], [[1]], [null], [0], [false]])("is JSON text otherwise: %j", (value) => {
    expect(read(value)).toStrictEqual({
      contents: [{ uri, mimeType: "application/json", text: JSON.stringify(value) }],
    })
  })

  it("has the media type that the resource declares", () => {
    expect(read("# a", "text/markdown").contents[0]?.mimeType).toBe("text/markdown")
    expect(read({ a: 1 }, "application/ld+json").contents[0]?.mimeType).toBe("application/ld+json")
    expect(read(png, "image/png").contents[0]?.mimeType).toBe("image/png")
  })

  it("may be content made by the helpers", () => {
    expect(read(text("a")).contents[0]).toStrictEqual({ uri, mimeType: "text/plain", text: "a" })
    expect(read(image(png)).contents[0]).toStrictEqual({ uri, mimeType: "image/png", blob: "iVBORw0KGgo=" })
    expect(read(file("a", { name: "a.md" })).contents).toStrictEqual([
      { uri, mimeType: "text/markdown", text: "a" },
    ])
  })

  it("is at the URI that was read, wherever a file says it is, as long as it is alone", () => {
    expect(read(file("a", { uri: "data://y" })).contents[0]).toMatchObject({ uri, text: "a" })
    expect(read([file("a", { uri: "data://y" })]).contents[0]).toMatchObject({ uri, text: "a" })
  })

  it("has the media type of its content before the one that the resource declares", () => {
    expect(read(image(png), "application/octet-stream").contents[0]?.mimeType).toBe("image/png")
    expect(read(file("a,b", { name: "a.csv" }), "text/html").contents[0]?.mimeType).toBe("text/csv")
    expect(read(text("# a"), "text/markdown").contents[0]?.mimeType).toBe("text/markdown")
  })

  it("keeps the meta of its content", () => {
    const meta = { "com.example/n": 1 }
    expect(read(text("a", { meta })).contents[0]?._meta).toEqual(meta)
    expect(read(file("a", { name: "a.txt", meta })).contents[0]?._meta).toEqual(meta)
  })

  it("cannot be undefined, since a resource that exists has contents", () => {
    expect(() => read(undefined)).toThrow(InvalidResult)
  })

  it("cannot be a link", () => {
    expect(() => read(link("https://example.com"))).toThrow(/a link is not contents/)
  })

  it("is refused when JSON cannot say it, or a promise is left in it", () => {
    expect(() => read(new Map())).toThrow(NotSerializable)
    expect(() => read({ a: Promise.resolve() })).toThrow(UnawaitedPromise)
  })
})

describe("several contents", () => {
  it("have their own URIs, media types and meta", () => {
    const result = read([
      resourceContents("a", { uri: "data://x/a", mimeType: "text/csv", meta: { "com.example/n": 1 } }),
      resourceContents({ b: 1 }, { uri: "data://x/b" }),
      resourceContents(new Uint8Array([1])),
    ])
    expect(result.contents).toStrictEqual([
      { uri: "data://x/a", mimeType: "text/csv", text: "a", _meta: { "com.example/n": 1 } },
      { uri: "data://x/b", mimeType: "application/json", text: '{"b":1}' },
      { uri, mimeType: "application/octet-stream", blob: "AQ==" },
    ])
  })

  it("may be files at URIs of their own", () => {
    const result = read([file("a", { uri: "data://x/a" }), file("b", { uri: "data://x/b" })])
    expect(result.contents.map((contents) => contents.uri)).toEqual(["data://x/a", "data://x/b"])
  })

  it("are where, and what, `resourceContents()` says, whatever content it holds", () => {
    const options = { uri: "data://z", mimeType: "image/x-mine" }
    const result = read([
      resourceContents(image(png), options),
      resourceContents(file("a", { uri: "data://y" }), options),
      resourceContents(file("a,b", { name: "a.csv" })),
    ])
    expect(result.contents.map(({ uri, mimeType }) => [uri, mimeType])).toEqual([
      ["data://z", "image/x-mine"],
      ["data://z", "image/x-mine"],
      [uri, "text/csv"],
    ])
  })

  it("take the declared media type only for the resource's own URI", () => {
    const result = read([resourceContents("a"), resourceContents("b", { uri: "data://y" })], "text/html")
    expect(result.contents.map((contents) => contents.mimeType)).toEqual(["text/html", "text/plain"])
  })

  it("cannot be mixed with data", () => {
    expect(() => read([resourceContents("a"), "b"])).toThrow(/`result\[1\]` is data among contents/)
  })

  it("refuse meta under a name of the protocol", () => {
    expect(() => resourceContents("a", { meta: { "dev.mcp/x": 1 } })).toThrow(InvalidMeta)
  })

  it.each([{ uri: "not a uri" }, { mimeType: "bogus" }, { uri: "" }])(
    "refuse %j where it is written",
    (options) => {
      expect(() => resourceContents("a", options)).toThrow(InvalidContent)
    },
  )
})

describe("a whole plain result", () => {
  it("passes as it is", () => {
    const result = { contents: [{ uri: "data://z", text: "a", extra: 1 }], _meta: { a: 1 } }
    expect(read(result)).toEqual(result)
  })

  it.each([
    [{ contents: [] }],
    [{ contents: ["a"] }],
    [{ contents: [{ uri: "a", text: "b" }], page: 1 }],
    [{ contents: [{ uri: "a", text: "b", mimeType: 5 }] }],
    [{ contents: [{ uri: "a", text: "b", _meta: "c" }] }],
    [{ contents: [{ uri: "a", text: "b" }], _meta: "c" }],
  ])("is not seen in data that merely has contents: %j", (value) => {
    expect(read(value).contents[0]).toMatchObject({ text: JSON.stringify(value) })
  })
})
