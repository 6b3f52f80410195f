import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { InvalidIcon } from "../errors/components.ts"
import { MAX_ICON_BYTES } from "./icon.ts"
import { iconFromFile } from "./icon-file.ts"

let folder = ""
const at = (name: string): string => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "icon-"))
  await writeFile(at("icon.png"), new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))
  await writeFile(at("icon.svg"), "<svg/>")
  await writeFile(at("bad.svg"), "<svg><script/></svg>")
  await writeFile(at("icon.txt"), "hello")
  await writeFile(at("huge.png"), new Uint8Array(MAX_ICON_BYTES + 1))
})

afterAll(() => rm(folder, { recursive: true }))

describe("iconFromFile", () => {
  it("holds the file in a data URI of its type, by a path or URL", () => {
    const src = "data:image/png;base64,iVBORw0KGgo="
    expect(iconFromFile(at("icon.png"), { sizes: "48x48" })).toEqual({
      src,
      mimeType: "image/png",
      sizes: ["48x48"],
    })
    expect(iconFromFile(pathToFileURL(at("icon.png"))).src).toBe(src)
    expect(iconFromFile(at("icon.svg")).mimeType).toBe("image/svg+xml")
  })

  it.each([
    ["no file", "missing.png", /cannot be read.*import\.meta\.url/],
    ["a folder", ".", /is not a file/],
    ["what is no image", "icon.txt", /is not an image/],
    ["an unsafe SVG", "bad.svg", /unsafe/],
    ["a file that is too large", "huge.png", /65537 bytes/],
  ])("refuses %s", (_, name, message) => {
    expect(() => iconFromFile(at(name))).toThrow(InvalidIcon)
    expect(() => iconFromFile(at(name))).toThrow(message)
  })
})
