import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { InvalidAnnotations, InvalidContent, InvalidIcon, InvalidMeta } from "../errors/components.ts"
import { audio, file, image, link, text } from "./content.ts"
import { isContent, isExactContentShape } from "./content-brand.ts"

const ascii = (chars: string): number[] => Array.from(chars, (char) => char.charCodeAt(0))
const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const jpeg = new Uint8Array([0xff, 0xd8, 0xff, 0xe0])
const wav = new Uint8Array([...ascii("RIFF"), 0, 0, 0, 0, ...ascii("WAVE")])

describe("all content helpers", () => {
  const blocks = [text("a"), image(png), audio(wav), file("a", { name: "a" }), link("a://b")]

  it("make blocks that are known as content, and have the shape of the specification", () => {
    expect(blocks.every(isContent)).toBe(true)
    expect(blocks.every(isExactContentShape)).toBe(true)
  })

  it("make blocks whose JSON holds nothing else", () => {
    expect(JSON.parse(JSON.stringify(text("a")))).toStrictEqual({ type: "text", text: "a" })
  })

  it("take annotations and meta", () => {
    const annotations = { audience: ["user"], priority: 1, lastModified: "2026-01-01T00:00:00Z" } as const
    expect(text("a", { annotations, meta: { "com.example/a": 1 } })).toEqual({
      type: "text",
      text: "a",
      annotations,
      _meta: { "com.example/a": 1 },
    })
  })

  it("refuse annotations and meta that the specification does not allow", () => {
    expect(() => image(png, { annotations: { priority: 2 } })).toThrow(InvalidAnnotations)
    expect(() => image(png, { meta: { "mcp.mcp/a": 1 } })).toThrow(InvalidMeta)
  })
})

describe("text()", () => {
  it("refuses what is no string", () => {
    expect(() => text(5 as never)).toThrow(/type `number`/)
  })
})

describe("image() and audio()", () => {
  const samples: readonly [string, Uint8Array][] = [
    ["image/png", png],
    ["image/jpeg", jpeg],
    ["image/gif", new Uint8Array(ascii("GIF89a"))],
    ["image/webp", new Uint8Array([...ascii("RIFF"), 0, 0, 0, 0, ...ascii("WEBPVP8 ")])],
    ["image/avif", new Uint8Array([0, 0, 0, 28, ...ascii("ftypmif1"), 0, 0, 0, 0, ...ascii("avif")])],
    ["image/svg+xml", new TextEncoder().encode('<?xml version="1.0"?>\n<svg/>')],
    ["audio/wav", wav],
    ["audio/mpeg", new Uint8Array(ascii("ID3"))],
    ["audio/mpeg", new Uint8Array([0xff, 0xfb, 0x90])],
    ["audio/ogg", new Uint8Array(ascii("OggS"))],
    ["audio/flac", new Uint8Array(ascii("fLaC"))],
    ["audio/mp4", new Uint8Array([0, 0, 0, 28, ...ascii("ftypM4A ")])],
    ["audio/webm", new Uint8Array([0x1a, 0x45, 0xdf, 0xa3])],
  ]
  it.each(samples)("tell the media type by the bytes: %s", (mimeType, bytes) => {
    const helper = mimeType.startsWith("image/") ? image : audio
    expect(helper(bytes).mimeType).toBe(mimeType)
    expect(helper(Buffer.from(bytes).toString("base64")).mimeType).toBe(mimeType)
  })

  it("carry the bytes unharmed, given as bytes, buffer or base64", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000 }), (tail) => {
        const bytes = new Uint8Array([...png, ...tail])
        const data = Buffer.from(bytes).toString("base64")
        expect(image(bytes).data).toBe(data)
        expect(image(bytes.buffer).data).toBe(data)
        expect(image(data).data).toBe(data)
      }),
    )
  })

  it("take data URIs", () => {
    expect(image("data:image/png;base64,iVBORw0KGgo=")).toMatchObject({
      mimeType: "image/png",
      data: "iVBORw0KGgo=",
    })
  })

  it("keep the media type as declared, when the bytes agree", () => {
    expect(image(jpeg, { mimeType: "image/jpg" }).mimeType).toBe("image/jpg")
    expect(audio(wav, { mimeType: "audio/x-wav" }).mimeType).toBe("audio/x-wav")
  })

  it("believe a declared type that has no mark", () => {
    expect(audio(new Uint8Array([1, 2]), { mimeType: "audio/L16; rate=8000" }).mimeType).toBe(
      "audio/L16; rate=8000",
    )
  })

  it.each([
    [
      "bytes of another type",
      () => image(jpeg, { mimeType: "image/png" }),
      /`image\/jpeg`, not `image\/png`/,
    ],
    [
      "no bytes of the declared type",
      () => image(new Uint8Array([1]), { mimeType: "image/png" }),
      /are not `image\/png`/,
    ],
    ["a data URI that lies", () => image("data:image/png;base64,/9j/"), /`image\/jpeg`, not `image\/png`/],
    ["bytes that tell nothing", () => image(new Uint8Array([1, 2])), /cannot be told.*mimeType: "image\/…"/],
    ["the bytes of another helper", () => image(wav), /its media type is `audio\/wav`/],
    ["no bytes", () => image(new Uint8Array()), /no bytes/],
    ["an empty string", () => image(""), /is not base64/],
    ["a URL", () => image("https://example.com/a.png"), /return `link\("https:\/\/example\.com\/a\.png"\)`/],
    ["a path", () => image("./chart.png"), /`image\(await readFile\(path\)\)`/],
    ["base64 with line breaks", () => image("iVBO\nRw0KGgo="), /without line breaks/],
    ["base64 without padding", () => image("iVBORw0KGgo"), /with padding/],
    ["a media type that is none", () => image(png, { mimeType: "png" }), /`png` is not a media type/],
    [
      "a media type with a line break",
      () => image(png, { mimeType: "image/png\r\nX: 1" }),
      /not a media type/,
    ],
    ["something else", () => image({} as never), /of type `object`/],
  ])("refuse %s", (_, make, message) => {
    expect(make).toThrow(InvalidContent)
    expect(make).toThrow(message)
  })
})

describe("file()", () => {
  it("holds text as text", () => {
    expect(file("# a", { name: "notes/a b.md" })).toEqual({
      type: "resource",
      resource: { uri: "file:///notes/a%20b.md", mimeType: "text/markdown", text: "# a" },
    })
  })

  it("holds UTF-8 bytes of a text type as text, and others as a blob", () => {
    expect(file(Buffer.from('{"a":1}'), { name: "a.json" }).resource).toMatchObject({ text: '{"a":1}' })
    expect(file(new Uint8Array([0xff]), { name: "a.txt" }).resource).toMatchObject({ blob: "/w==" })
    expect(file(png, { name: "a" }).resource).toMatchObject({ mimeType: "image/png", blob: "iVBORw0KGgo=" })
  })

  it("holds base64 as a blob when told that it is", () => {
    const options = { name: "a.bin", encoding: "base64" } as const
    expect(file("AQI=", options).resource).toMatchObject({
      mimeType: "application/octet-stream",
      blob: "AQI=",
    })
    expect(() => file("not base64", options)).toThrow(InvalidContent)
  })

  it("names a format that its name says and its bytes allow", () => {
    const zip = new Uint8Array([0x50, 0x4b, 3, 4])
    expect(file(zip, { name: "a.docx" }).resource.mimeType).toMatch(/wordprocessingml/)
    expect(file(zip, { name: "a.png" }).resource.mimeType).toBe("application/zip")
  })

  it("may be empty", () => {
    expect(file("", { name: "a.txt" }).resource).toMatchObject({ text: "" })
    expect(file(new Uint8Array(), { name: "a.bin" }).resource).toMatchObject({ blob: "" })
  })

  it("needs a name or an absolute URI", () => {
    expect(() => file("a", {})).toThrow(/neither `name` nor `uri`/)
    expect(() => file("a", { name: "\ud83d" })).toThrow(/half a character/)
    expect(() => file("a", { uri: "a.txt" })).toThrow(/not an absolute URI/)
  })

  it("refuses a declared type that the bytes contradict", () => {
    expect(() => file(png, { name: "a", mimeType: "application/pdf" })).toThrow(
      /`image\/png`, not `application\/pdf`/,
    )
  })
})

describe("link()", () => {
  it("carries what is known of the resource", () => {
    const options = {
      title: "T",
      description: "D",
      mimeType: "text/plain",
      size: 3,
      icons: "https://e.com/i.png",
    }
    expect(link("data://reports/2026%20Q1.pdf", options)).toEqual({
      type: "resource_link",
      uri: "data://reports/2026%20Q1.pdf",
      name: "2026 Q1.pdf",
      title: "T",
      description: "D",
      mimeType: "text/plain",
      size: 3,
      icons: [{ src: "https://e.com/i.png" }],
    })
  })

  it("takes a URL", () => {
    expect(link(new URL("https://example.com/a")).uri).toBe("https://example.com/a")
  })

  it.each(["a.txt", "", "a b://c", "javascript:alert(1)", "JavaScript:alert(1)", "a://\n"])(
    "refuses %j",
    (uri) => {
      expect(() => link(uri)).toThrow(InvalidContent)
    },
  )

  it("refuses fields out of bounds", () => {
    expect(() => link("a://b", { size: -1 })).toThrow(InvalidContent)
    expect(() => link("a://b", { size: 1.5 })).toThrow(InvalidContent)
    expect(() => link("a://b", { mimeType: "text" })).toThrow(InvalidContent)
    expect(() => link("a://b", { icons: "http://e.com/i.png" })).toThrow(InvalidIcon)
  })
})
