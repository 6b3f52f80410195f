import { mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { describe, expect, it, onTestFinished } from "vitest"
import { FileFailed } from "../errors/dialogue.ts"
import { fileName, save } from "./save.ts"

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "fleetmcp-"))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

describe("fileName", () => {
  it.each([
    ["a.png", undefined, "a.png"],
    ["a", "image/png", "a.png"],
    ["a", "text/plain; charset=utf-8", "a.txt"],
    ["a", "x/y", "a.bin"],
    ["../../etc/passwd", undefined, "etc-passwd.bin"],
    [".bashrc", undefined, "bashrc.bin"],
    ["CON.txt", undefined, "content-CON.txt"],
    ["", undefined, "content.bin"],
    ["a.png?x=1#y", undefined, "a.png"],
  ])("calls %s of %s %s", (name, mimeType, file) => {
    expect(fileName(name, mimeType).join(".")).toBe(file)
  })

  it("leads to no other folder, whatever a server sends", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string(), (name, mimeType) => {
        expect(fileName(name, mimeType).join(".")).toMatch(/^[\p{L}\p{N}_][\p{L}\p{N}._-]*\.[A-Za-z0-9]+$/u)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe("save", () => {
  it("writes over nothing", async () => {
    const path = await folder()
    for (const data of ["first", "second"]) await save(path, { name: "a.txt", mimeType: undefined, data })
    expect(await readdir(path)).toEqual(["a-2.txt", "a.txt"])
    expect(await readFile(join(path, "a.txt"), "utf8")).toBe("first")
  })

  it("does not follow a link that leads elsewhere", async () => {
    const path = await folder()
    const elsewhere = join(await folder(), "target")
    await symlink(elsewhere, join(path, "a.txt"))
    expect(await save(path, { name: "a.txt", mimeType: undefined, data: "x" })).toBe(join(path, "a-2.txt"))
    await expect(readFile(elsewhere)).rejects.toThrow("ENOENT")
  })

  it("says when a folder cannot be written", async () => {
    await expect(save("/dev/null/x", { name: "a", mimeType: undefined, data: "" })).rejects.toThrow(
      FileFailed,
    )
  })
})
