import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"
import { FileFailed, LockMissing, LockUnreadable } from "../errors/dialogue.ts"
import { compare, readLock, writeLock } from "./lock.ts"

async function place(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "fleetmcp-"))
  onTestFinished(() => rm(path, { recursive: true }))
  return join(path, "lock.json")
}

describe("a lock file", () => {
  it("is read as it was written, with one component a line, sorted", async () => {
    const path = await place()
    const fingerprints = { "tool:b@": "sha256:2", "tool:a@": "sha256:1" }
    await writeLock(path, fingerprints)
    expect(await readLock(path)).toEqual(fingerprints)
    expect((await readFile(path, "utf8")).split("\n").filter((line) => line.includes("tool:"))).toEqual([
      '    "tool:a@": "sha256:1",',
      '    "tool:b@": "sha256:2"',
    ])
  })

  it("leaves nothing half-written where it cannot be written", async () => {
    const path = await place()
    await mkdir(path)
    await expect(writeLock(path, {})).rejects.toThrow(FileFailed)
    expect(await readdir(dirname(path))).toEqual(["lock.json"])
  })

  it("is missed where there is none", async () => {
    await expect(readLock(await place())).rejects.toThrow(LockMissing)
  })

  it.each(["", "[]", "{}", '{"lockVersion":2,"components":{}}', '{"lockVersion":1,"components":{"a":1}}'])(
    "is refused as %s",
    async (text) => {
      const path = await place()
      await writeFile(path, text)
      await expect(readLock(path)).rejects.toThrow(LockUnreadable)
    },
  )
})

describe("compare", () => {
  it("tells what was added, removed and changed, also under names that every object has", () => {
    expect(compare({ a: "1", b: "1", c: "1" }, { a: "1", b: "2", toString: "1" })).toEqual({
      added: ["toString"],
      removed: ["c"],
      changed: ["b"],
    })
  })
})
