import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { ResourceNotFound } from "../errors/resource-not-found.ts"
import { InvalidOption } from "../errors/server.ts"
import type { ReadResourceResult } from "../spec/index.ts"
import type { Context } from "./context.ts"
import {
  type DirectoryListing,
  type DirectoryResourceOptions,
  directoryResource,
} from "./static-resources-directory-file.ts"

let base = ""
let folder = ""

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "listing-"))
  folder = join(base, "root")
  await mkdir(join(folder, "sub", "deep"), { recursive: true })
  await mkdir(join(base, "root-secret"))
  await writeFile(join(base, "root-secret", "key.txt"), "secret")
  await writeFile(join(folder, "b.md"), "bb")
  await writeFile(join(folder, "a.txt"), "a")
  await writeFile(join(folder, ".env"), "SECRET=1")
  await writeFile(join(folder, "sub", "c.md"), "c")
  await writeFile(join(folder, "sub", "deep", "d+1.md"), "d")
  await symlink(join(folder, "a.txt"), join(folder, "inside"))
  await symlink(join(base, "root-secret", "key.txt"), join(folder, "outside"))
  await symlink(join(base, "root-secret"), join(folder, "outside-folder"))
  await symlink(folder, join(folder, "sub", "cycle"))
  await symlink(join(folder, "nothing"), join(folder, "dangling"))
})

afterAll(() => rm(base, { recursive: true }))

async function list(
  options: DirectoryResourceOptions = {},
  path: string = folder,
): Promise<DirectoryListing> {
  const made = directoryResource("docs://all", path, options)
  const ctx = { signal: new AbortController().signal } as Context // all that a listing reads of it
  const result = (await made.invoke("docs://all", ctx)) as ReadResourceResult
  const contents = result.contents[0]
  if (contents === undefined || !("text" in contents)) return expect.fail("there is no text")
  return JSON.parse(contents.text)
}

async function paths(options?: DirectoryResourceOptions): Promise<readonly string[]> {
  return (await list(options)).entries.map(({ path }) => path)
}

describe("directoryResource", () => {
  it("lists files and folders, in order, with what is known of them", async () => {
    const { entries, truncated } = await list()
    expect(truncated).toBe(false)
    expect(entries).toEqual([
      {
        path: "a.txt",
        type: "file",
        size: 1,
        mimeType: "text/plain",
        modified: expect.stringMatching(/^\d{4}-/),
      },
      { path: "b.md", type: "file", size: 2, mimeType: "text/markdown", modified: expect.any(String) },
      { path: "inside", type: "file", size: 1, modified: expect.any(String) },
      { path: "sub", type: "directory", modified: expect.any(String) },
    ])
  })

  it("looks into folders when told to, but not through links", async () => {
    expect(await paths({ recursive: true })).toEqual([
      "a.txt",
      "b.md",
      "inside",
      "sub",
      "sub/c.md",
      "sub/deep",
      "sub/deep/d+1.md",
    ])
  })

  it("does not name what links lead to outside of it", async () => {
    const all = await paths({ recursive: true, hidden: true })
    expect(all.filter((path) => path.includes("outside") || path.includes("key"))).toEqual([])
  })

  it("lists hidden files only when told to", async () => {
    expect(await paths({ hidden: true })).toContain(".env")
  })

  it.each([
    ["*.md", ["b.md"]],
    ["**/*.md", ["b.md", "sub/c.md", "sub/deep/d+1.md"]],
    ["sub/**", ["sub/c.md", "sub/deep", "sub/deep/d+1.md"]],
    ["?.txt", ["a.txt"]],
    ["**/d+1.md", ["sub/deep/d+1.md"]],
    ["[ab].*", []],
  ])("lists what matches %s", async (pattern, expected) => {
    expect(await paths({ recursive: true, pattern })).toEqual(expected)
  })

  it("matches names that are built to be slow, in no time", async () => {
    const hostile = join(base, "hostile")
    await mkdir(hostile)
    await writeFile(join(hostile, "-".repeat(200)), "")
    const started = performance.now()
    expect((await list({ pattern: "**/*-*-*-*-*-*-*-*.log" }, hostile)).entries).toEqual([])
    expect(performance.now() - started).toBeLessThan(1000)
  })

  it("refuses a pattern that is too long", () => {
    expect(() => directoryResource("docs://all", folder, { pattern: "*".repeat(513) })).toThrow(InvalidOption)
  })

  it("says when there is more than it lists", async () => {
    const { entries, truncated } = await list({ recursive: true, maxEntries: 2 })
    expect(entries).toHaveLength(2)
    expect(truncated).toBe(true)
  })

  it("is not found while there is no folder", async () => {
    await expect(list({}, join(folder, "missing"))).rejects.toThrow(ResourceNotFound)
    await expect(list({}, join(folder, "a.txt"))).rejects.toThrow(ResourceNotFound)
  })
})

it("refuses options that it does not have, and values they cannot have", () => {
  const make = (options: object) => () => directoryResource("docs://all", "docs", options as never)
  expect(make({ recursiv: 1 })).toThrow("Did you mean `recursive`?")
  expect(make({ maxEntries: 0 })).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }))
})
