import { describe, expect, it } from "vitest"
import { InvalidResult, NotSerializable } from "../errors/components.ts"
import { InvalidUriTemplate } from "../errors/uri.ts"
import type { ReadResourceResult } from "../spec/index.ts"
import type { Context } from "./context.ts"
import type { Resource } from "./resource.ts"
import { binaryResource, jsonResource, textResource } from "./static-resources.ts"

// What these resources read of a context is nothing.
const ctx = {} as Context

async function read(made: Resource): Promise<ReadResourceResult["contents"][number]> {
  const result = (await made.invoke(made.id, ctx)) as ReadResourceResult
  return result.contents[0] ?? expect.fail("there are no contents")
}

describe("fixed resources", () => {
  it("hold text", async () => {
    const made = textResource("docs://intro.md", "# Héllo")
    expect(made.definition).toMatchObject({ uri: "docs://intro.md", mimeType: "text/markdown", size: 8 })
    expect(await read(made)).toStrictEqual({
      uri: "docs://intro.md",
      mimeType: "text/markdown",
      text: "# Héllo",
    })
  })

  it("hold JSON as it was when they were made", async () => {
    const value = { at: new Date(0), n: 1 }
    const made = jsonResource("config://settings", value)
    value.n = 2
    const text = '{"at":"1970-01-01T00:00:00.000Z","n":1}'
    expect(made.definition).toMatchObject({ mimeType: "application/json", size: text.length })
    expect(await read(made)).toMatchObject({ mimeType: "application/json", text })
  })

  it("hold a copy of bytes", async () => {
    const bytes = new Uint8Array([1, 2])
    const made = binaryResource({ uri: "data://b", name: "Bytes" }, bytes)
    bytes[0] = 9
    expect(made.definition).toMatchObject({ name: "Bytes", mimeType: "application/octet-stream", size: 2 })
    expect(await read(made)).toMatchObject({ blob: "AQI=" })
    expect(await read(binaryResource("data://b", new Uint8Array([1, 2]).buffer))).toMatchObject({
      blob: "AQI=",
    })
  })

  it("take all options of a resource, which win", () => {
    const made = textResource({ uri: "docs://a.md", mimeType: "text/plain", title: "A", size: 1 }, "abc")
    expect(made.definition).toMatchObject({ mimeType: "text/plain", title: "A", size: 1 })
  })

  it("refuse a URI that is none, or a template", () => {
    expect(() => textResource("intro", "a")).toThrow(InvalidUriTemplate)
    expect(() => textResource("docs://{id}", "a")).toThrow(InvalidUriTemplate)
  })

  it("refuse what is not JSON when they are made", () => {
    expect(() => jsonResource("config://a", { n: 1n })).toThrow(NotSerializable)
    expect(() => jsonResource("config://a", undefined)).toThrow(InvalidResult)
  })
})
