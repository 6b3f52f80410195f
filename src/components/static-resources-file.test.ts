import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { ResourceNotFound } from "../errors/resource-not-found.ts"
import { ResourceUnreadable } from "../errors/resource-unreadable.ts"
import type { ReadResourceResult } from "../spec/index.ts"
import type { Context } from "./context.ts"
import type { Resource } from "./resource.ts"
import { fileResource } from "./static-resources-file.ts"

let folder = ""
const at = (name: string): string => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "resource-"))
  await writeFile(at("a.md"), "# a")
  await writeFile(at("b.bin"), new Uint8Array([1, 2]))
  await writeFile(at("latin.txt"), new Uint8Array([0xe9]))
})

afterAll(() => rm(folder, { recursive: true }))

async function read(made: Resource): Promise<unknown> {
  // What a file resource reads of a context is nothing.
  const result = (await made.invoke(made.id, {} as Context)) as ReadResourceResult
  return result.contents[0]
}

describe("fileResource", () => {
  it("reads text types as text, anew each time", async () => {
    const made = fileResource("docs://a", at("a.md"))
    expect(made.definition).toMatchObject({ name: "a.md", mimeType: "text/markdown" })
    expect(await read(made)).toMatchObject({ mimeType: "text/markdown", text: "# a" })
    await writeFile(at("a.md"), "# b")
    expect(await read(made)).toMatchObject({ text: "# b" })
  })

  it("reads other types, and text that is not UTF-8, as bytes", async () => {
    expect(await read(fileResource("docs://b", at("b.bin")))).toMatchObject({ blob: "AQI=" })
    expect(await read(fileResource("docs://l", at("latin.txt")))).toMatchObject({ blob: "6Q==" })
  })

  it("takes a file URL, and options that win", async () => {
    const made = fileResource(
      { uri: "docs://b", name: "B", mimeType: "text/plain" },
      pathToFileURL(at("b.bin")),
    )
    expect(made.definition).toMatchObject({ name: "B", mimeType: "text/plain" })
    expect(await read(made)).toMatchObject({ text: "\u0001\u0002" })
  })

  it("is not found while there is no file", async () => {
    await expect(read(fileResource("docs://c", at("missing.md")))).rejects.toThrow(ResourceNotFound)
    await expect(read(fileResource("docs://c", at("a.md/x")))).rejects.toThrow(ResourceNotFound)
  })

  it("refuses a folder and a file that is too large, without naming its path", async () => {
    const tooLarge = read(fileResource("docs://b", at("b.bin"), { maxBytes: 1 }))
    await expect(tooLarge).rejects.toThrow(/`docs:\/\/b` cannot be read: it has 2 bytes, of at most 1/)
    const directory = read(fileResource("docs://d", folder))
    await expect(directory).rejects.toThrow(ResourceUnreadable)
    await expect(directory).rejects.not.toThrow(folder)
  })
})

it("refuses options that it does not have, and values they cannot have", () => {
  const make = (options: object) => () => fileResource("docs://readme", "README.md", options as never)
  expect(make({ maxByte: 1 })).toThrow("Did you mean `maxBytes`?")
  expect(make({ maxBytes: "1" })).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }))
})
