import { describe, expect, it } from "vitest"
import { InvalidMeta, InvalidResult, NotSerializable, UnawaitedPromise } from "../errors/components.ts"
import type { ReadResourceResult } from "../spec/index.ts"
import { file, image, link, text } from "./content.ts"
import { resourceContents, toReadResourceResult } from "./resource-result.ts"

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
    expect(read([file("a", { uri: "data://y" })]).contents[0]).toMatchObject({ uri: "data://y", text: "a" })
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
})

describe("a whole plain result", () => {
  it("passes as it is", () => {
    const result = { contents: [{ uri: "data://z", text: "a", extra: 1 }], _meta: { a: 1 } }
    expect(read(result)).toEqual(result)
  })

  it.each([[{ contents: [] }], [{ contents: ["a"] }], [{ contents: [{ uri: "a", text: "b" }], page: 1 }]])(
    "is not seen in data that merely has contents: %j",
    (value) => {
      expect(read(value).contents[0]).toMatchObject({ text: JSON.stringify(value) })
    },
  )
})
