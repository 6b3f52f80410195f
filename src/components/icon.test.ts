import { describe, expect, it } from "vitest"
import { InvalidIcon } from "../errors/components.ts"
import { icon, MAX_ICON_BYTES } from "./icon.ts"
import { normalizeIcons } from "./icon-list.ts"
import { tool } from "./tool.ts"

const png = "data:image/png;base64,iVBORw0KGgo="
const base64 = (text: string | Uint8Array): string => Buffer.from(text).toString("base64")

describe("icon()", () => {
  it("takes an https URL, as text or URL, and freezes what it makes", () => {
    const made = icon("https://example.com/i.png", { mimeType: "image/png", sizes: "48x48", theme: "dark" })
    expect(made).toStrictEqual({
      src: "https://example.com/i.png",
      mimeType: "image/png",
      sizes: ["48x48"],
      theme: "dark",
    })
    expect(Object.isFrozen(made) && Object.isFrozen(made.sizes)).toBe(true)
    expect(icon(new URL("https://example.com/i.png"))).toStrictEqual({ src: "https://example.com/i.png" })
  })

  it("takes a data URI and knows its type", () => {
    expect(icon(png, { sizes: ["16x16", "any"] })).toStrictEqual({
      src: png,
      mimeType: "image/png",
      sizes: ["16x16", "any"],
    })
  })

  it("takes an SVG that only draws", () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9"/></svg>'
    expect(icon(`data:image/svg+xml;base64,${base64(svg)}`).mimeType).toBe("image/svg+xml")
  })

  it.each([
    ["http", "http://example.com/i.png", /not encrypted.*`https:`/],
    ["a path", "./icon.png", /neither an `https:` URL nor.*iconFromFile/],
    ["a file URL", "file:///icon.png", /iconFromFile/],
    ["javascript", "javascript:alert(1)", /neither an `https:` URL/],
    ["credentials", "https://a:b@example.com/i.png", /credentials/],
    ["bare base64", `iVBORw0KGgo${"A".repeat(100)}`, /has no `data:…;base64,` in front/],
    ["an empty text", "", /neither/],
    ["a data URI in capitals", "DATA:image/png;base64,iVBORw0KGgo=", /neither/],
    ["another type", "data:text/html;base64,PGI+", /`text\/html` is not a type that icons may have/],
    ["a wrong name of a type", "data:image/jpg;base64,/9j/", /Use `image\/jpeg`/],
    ["a type in capitals", "data:image/PNG;base64,iVBORw0KGgo=", /not a type/],
    ["no type", "data:;base64,iVBORw0KGgo=", /not a type.*`image\/png`/],
    ["no base64", "data:image/svg+xml,%3Csvg/%3E", /does not say `data:image\/svg\+xml;base64,`/],
    ["further parameters", "data:image/png;a=b;base64,iVBORw0KGgo=", /does not say/],
    ["no comma", "data:image/png;base64", /does not say/],
    ["what is not base64", "data:image/png;base64,%%%", /not base64/],
    ["base64 with a line break", "data:image/png;base64,iVBO\nRw0KGgo=", /not base64/],
    ["no data", "data:image/png;base64,", /not base64/],
    [
      "bytes of another type",
      "data:image/png;base64,/9j/",
      /says `image\/png`, but its bytes are `image\/jpeg`/,
    ],
    ["bytes of no type", "data:image/png;base64,AAAA", /but its bytes are not/],
    [
      "HTML that says it is SVG",
      `data:image/svg+xml;base64,${base64("<html><script>1</script>")}`,
      /bytes are not/,
    ],
    ["an SVG that does more", `data:image/svg+xml;base64,${base64("<svg><script/></svg>")}`, /unsafe/],
  ])("refuses %s", (_, source, message) => {
    expect(() => icon(source)).toThrow(InvalidIcon)
    expect(() => icon(source)).toThrow(message)
  })

  it("refuses what is too heavy, before decoding it", () => {
    const heavy = new Uint8Array(MAX_ICON_BYTES + 1).fill(1)
    heavy.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    expect(() => icon(`data:image/png;base64,${base64(heavy)}`)).toThrow(/65537 bytes, of at most 65536/)
    expect(() => icon(`data:image/png;base64,${"!".repeat(10_000_000)}`)).toThrow(/of at most 65536/)
    expect(icon(`data:image/png;base64,${base64(heavy.subarray(1 - 1, MAX_ICON_BYTES))}`).mimeType).toBe(
      "image/png",
    )
  })

  it.each([["48"], ["0x0"], ["48X48"], ["-1x1"], ["48x48 96x96"], ["100000x1"], [48], [["any", 5]], [{}]])(
    "refuses the size %j",
    (sizes) => {
      // The types say so too; JavaScript callers get the message.
      expect(() => icon(png, { sizes: sizes as never })).toThrow(InvalidIcon)
    },
  )

  it("refuses other options out of bounds", () => {
    expect(() => icon(png, { mimeType: "image/jpeg" })).toThrow(/data URI says `image\/png`/)
    expect(() => icon("https://e.com/i", { mimeType: "text/html" })).toThrow(/not a type that icons may have/)
    expect(() => icon(png, { theme: "blue" as never })).toThrow(/`blue` is not a theme/)
  })

  it("carries the permanent code and the way out", () => {
    const attempt = (): unknown => icon("./icon.png")
    expect(attempt).toThrow(expect.objectContaining({ code: "FLEET-24" }))
    expect(attempt).toThrow(/Use `iconFromFile\(path\)`/)
  })
})

describe("normalizeIcons", () => {
  it("takes a data URI only from `icon()`, which looked at its bytes", () => {
    const made = icon(png)
    expect(normalizeIcons(made)).toStrictEqual([made])
    for (const given of [png, { src: png }, { ...made }])
      expect(() => normalizeIcons(given)).toThrow(/nothing has looked at `data:image.*icon\(src/)
  })

  it("takes a URL, an icon, or a list of both", () => {
    const src = "https://example.com/i.png"
    expect(normalizeIcons(src)).toStrictEqual([{ src }])
    expect(normalizeIcons({ src })).toStrictEqual([{ src }])
    expect(normalizeIcons([src, icon(png), new URL(src)])).toStrictEqual([
      { src },
      { src: png, mimeType: "image/png" },
      { src },
    ])
    expect(Object.isFrozen(normalizeIcons([]))).toBe(true)
  })

  it("checks icons that are written by hand", () => {
    expect(() => normalizeIcons({ src: "http://example.com/i.png" })).toThrow(InvalidIcon)
    expect(() => normalizeIcons({ src: "https://example.com/i.png", sizes: ["7"] })).toThrow(InvalidIcon)
    expect(() => normalizeIcons({ url: "https://example.com" } as never)).toThrow(/no `src`/)
    expect(() => normalizeIcons([null] as never)).toThrow(InvalidIcon)
  })
})

describe("an icon of a component", () => {
  it("says whose it is when it is refused", () => {
    expect(() => tool({ name: "add", icons: ["http://example.com/a.png"] }, () => 1)).toThrow(
      "The icon of tool `add` is invalid: `http://example.com/a.png` is not encrypted. Serve it over `https:`",
    )
  })
})
