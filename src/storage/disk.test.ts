import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import * as nodeFiles from "node:fs/promises"
import { tmpdir } from "node:os"
import { basename, dirname, join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { drivers } from "../../test/contract/drivers.ts"
import { driverContract } from "../../test/contract/storage.ts"
import type { StorageSubject } from "../../test/contract/storage-case.ts"
import { storageModel } from "../../test/contract/storage-model.ts"
import { InvalidOption, UnknownOption } from "../errors/server.ts"
import { StorageFull } from "../errors/storage.ts"
import { DamagedEntry, StorageFolderUnusable } from "../errors/storage-local.ts"
import { diskStorage } from "./disk.ts"
import { isName } from "./disk-entry.ts"
import type { FileSystem } from "./disk-files.ts"
import { DiskStore, type DiskStoreParts } from "./disk-store.ts"
import { absent } from "./storage.ts"

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), "fleetmcp-disk-"))
}

function createSubject(durability: "power" | "process" = "power"): StorageSubject {
  const folder = newFolder()
  let now = 0
  const open = () => diskStorage({ folder, durability, now: () => now })
  const [driver, peer] = [open(), open()]
  return {
    driver,
    peer,
    advance(ms) {
      now += ms
    },
    async end() {
      await driver.close?.()
      await peer.close?.()
      rmSync(folder, { recursive: true })
    },
  }
}

driverContract(drivers.diskStorage, () => createSubject())

describe("diskStorage, by property", () => {
  storageModel(() => createSubject("process"), 30)
})

let folder: string
let now: number
let stores: DiskStore[]

beforeEach(() => {
  folder = newFolder()
  now = 1_000_000
  stores = []
})

afterEach(async () => {
  for (const store of stores) await store.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Opens the folder, by a file system that does some things otherwise. */
function open(otherwise: Partial<FileSystem> = {}, parts: Partial<DiskStoreParts> = {}): DiskStore {
  const system = { ...nodeFiles, ...otherwise }
  const store = new DiskStore({ folder, isSynced: false, now: () => now, system, ...parts })
  stores.push(store)
  return store
}

/** Opens it by a file system that begins to do something otherwise only when it is told. */
async function openThen(otherwise: Partial<FileSystem>): Promise<DiskStore> {
  const own: { -readonly [name in keyof FileSystem]?: FileSystem[name] } = { ...nodeFiles }
  const store = new DiskStore({ folder, isSynced: false, now: () => now, system: own as FileSystem })
  stores.push(store)
  await store.get("first use")
  Object.assign(own, otherwise)
  return store
}

/** Tells the folder of a version from that of a key. */
function kindOf(path: string): "version" | "home" {
  return isName(basename(path)) ? "version" : "home"
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: on purpose, at '${folder}/v1'`), { code })
}

/** Everything that is below a folder, by its path from there. */
function below(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, encoding: "utf8" }).map((name) => name.replaceAll("\\", "/"))
}

/** The one file that has the content of a key. */
function onlyFile(): string {
  const files = below(folder).filter((path) => statSync(join(folder, path)).isFile())
  expect(files).toHaveLength(1)
  return join(folder, files[0] ?? "")
}

const home = () => dirname(dirname(onlyFile()))

describe("diskStorage", () => {
  it("refuses options that it does not have", () => {
    expect(() => diskStorage({ folder, path: "x" } as never)).toThrow(UnknownOption)
    expect(() => diskStorage({} as never)).toThrow(InvalidOption)
    expect(() => diskStorage({ folder, durability: "fsync" as never })).toThrow("`power` or `process`")
  })

  it("does nothing before it is used", () => {
    diskStorage({ folder: join(folder, "later") })
    expect(below(folder)).toEqual([])
  })

  it("makes folders and files for its own user alone", async () => {
    await open().write("key", "value")
    const modes = below(folder).map((path) => statSync(join(folder, path)))
    expect(modes.map((stat) => stat.mode & 0o777)).toEqual(
      modes.map((stat) => (stat.isDirectory() ? 0o700 : 0o600)),
    )
  })

  it("names files so that no key and no file system matters", async () => {
    const store = open()
    for (const key of ["../../a", "/a", "A", "a", "con", "a:b", "\u00e9", "e\u0301"])
      await store.write(key, "value")
    const names = below(folder).map((path) => basename(path))
    expect(names.filter((name) => !/^(v1|entries|drafts|[\da-z-]+)$/.test(name))).toEqual([])
  })

  it("takes no path for a version", async () => {
    const store = open()
    await store.write("key", "value")
    const version = basename(onlyFile())
    expect(await store.write("key", "other", { if: `../${basename(home())}/${version}` })).toBeUndefined()
    expect(await store.write("key", undefined, { if: `./${version}` })).toBeUndefined()
    expect(await store.get("key")).toMatchObject({ value: "value" })
  })

  it.each([4000, 4096, 5000, 300_000])("reads a value of %i characters whole", async (length) => {
    const store = open()
    const value = "x".repeat(length)
    await store.write("key", value)
    const file = statSync(onlyFile()).size
    // So long that the file ends where the first part that is read does, too.
    const even = "y".repeat(length + 4096 - (file % 4096))
    await store.write("two", even)
    expect((await store.get("key"))?.value).toBe(value)
    expect((await store.get("two"))?.value).toBe(even)
  })

  it("has no more files open at once than it may, whatever is asked of it", async () => {
    let files = 0
    let most = 0
    const store = open({
      async open(...args) {
        const file = await nodeFiles.open(...args)
        most = Math.max(most, ++files)
        const close = file.close.bind(file)
        file.close = () => close().finally(() => files--)
        return file
      },
    })
    await store.write("key", "value")
    most = 0
    await Promise.all(Array.from({ length: 200 }, () => store.get("key")))
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(32)
  })
})

describe("diskStorage, when a writer sleeps", () => {
  /** A store whose next renaming waits. */
  async function sleeper() {
    let wake: () => void = () => undefined
    const awake = new Promise<void>((resolve) => {
      wake = resolve
    })
    let asleep: () => void = () => undefined
    const sleeping = new Promise<void>((resolve) => {
      asleep = resolve
    })
    const store = await openThen({
      async rename(from, to) {
        asleep()
        await awake
        return nodeFiles.rename(from, to)
      },
    })
    return { store, wake, sleeping }
  }

  it("does not let it replace what others wrote since", async () => {
    const other = open()
    const version = await other.write("key", "one")
    const { store, wake, sleeping } = await sleeper()
    const written = store.write("key", "late", { if: version })
    await sleeping
    await other.write("key", undefined)
    await other.write("key", "one")
    wake()
    expect(await written).toBeUndefined()
    expect(await other.get("key")).toMatchObject({ value: "one" })
  })

  it("does not let it delete what others wrote since", async () => {
    const other = open()
    const version = await other.write("key", "one")
    const { store, wake, sleeping } = await sleeper()
    const deleted = store.write("key", undefined, { if: version })
    await sleeping
    await other.write("key", "two", { if: version })
    wake()
    expect(await deleted).toBeUndefined()
    expect(await other.get("key")).toMatchObject({ value: "two" })
  })

  it("does not let it create what others created since", async () => {
    const other = open()
    const { store, wake, sleeping } = await sleeper()
    const created = store.write("key", "late", { if: absent })
    await sleeping
    await other.write("key", "first", { if: absent })
    wake()
    expect(await created).toBeUndefined()
    expect(await other.get("key")).toMatchObject({ value: "first" })
  })

  it("keeps nothing of a write that came too late", async () => {
    const other = open()
    const version = await other.write("key", "one")
    const { store, wake, sleeping } = await sleeper()
    const written = store.write("key", "late", { if: version })
    await sleeping
    await other.write("key", "two")
    wake()
    await written
    expect(readFileSync(onlyFile(), "utf8")).toContain("two")
  })

  it("lets it write what it must write, on top of the others", async () => {
    const other = open()
    await other.write("key", "one")
    const { store, wake, sleeping } = await sleeper()
    const written = store.write("key", "late")
    await sleeping
    await other.write("key", "two")
    wake()
    const version = await written
    expect(await other.get("key")).toEqual({ value: "late", version, expiresAt: undefined })
  })

  it("leaves what it has put on top of a write that still tidies up", async () => {
    const { store, wake, sleeping } = await sleeper()
    await open().write("key", "one")
    let written: Promise<unknown> | undefined
    const tidying = await openThen({
      async rename(from, to) {
        await nodeFiles.rename(from, to)
        written = store.write("key", "three")
        await sleeping
      },
    })
    await tidying.write("key", "two")
    wake()
    await written
    expect(await open().get("key")).toMatchObject({ value: "three" })
  })

  it("has it begin again where its draft was taken for one of the dead", async () => {
    const other = open()
    const { store, wake, sleeping } = await sleeper()
    const created = store.write("key", "value", { if: absent })
    await sleeping
    now += 3_600_000
    await other.write("other", undefined)
    await other.close()
    expect(readdirSync(join(folder, "v1/drafts"))).toEqual([])
    wake()
    expect(await created).toBeTypeOf("string")
    expect(await other.get("key")).toMatchObject({ value: "value" })
  })
})

describe("diskStorage, after a process was killed", () => {
  /** A store that ends, as it were, before it renames. */
  const dying = () => {
    const die = () => Promise.reject(systemError("KILLED"))
    return openThen({ rename: die, rm: die, unlink: die })
  }

  it("removes its drafts when they are old, and none that are young", async () => {
    await expect((await dying()).write("key", "value")).rejects.toThrow("KILLED")
    const store = open()
    await store.write("other", "value")
    await store.close()
    expect(readdirSync(join(folder, "v1/drafts"))).toHaveLength(1)
    now += 3_600_000
    const later = open()
    await later.write("other", "value")
    await later.close()
    expect(readdirSync(join(folder, "v1/drafts"))).toEqual([])
    expect(await later.get("key")).toBeUndefined()
  })

  it("shows nothing of what it was about to write, and removes it with the next write", async () => {
    const store = open()
    await store.write("key", "one")
    await expect((await dying()).write("key", "half")).rejects.toThrow("KILLED")
    expect(await store.get("key")).toMatchObject({ value: "one" })
    await store.write("key", "two")
    expect(readFileSync(onlyFile(), "utf8")).toContain("two")
  })

  it("creates where it left an empty home, or a desktop left a file", async () => {
    const emptyHome = async () => {
      const store = open()
      await store.write("key", "value")
      const path = home()
      await store.write("key", undefined)
      // What it tidies up after a deletion is done by then.
      await store.close()
      await nodeFiles.mkdir(path)
      return path
    }
    await emptyHome()
    const path = await emptyHome()
    writeFileSync(join(path, ".DS_Store"), "")
    const store = open()
    await store.write("key", "value")
    expect(await store.get("key")).toMatchObject({ value: "value" })
  })
})

describe("diskStorage, while it sweeps", () => {
  it("removes what has expired, and the homes that are empty", async () => {
    const store = open()
    for (let at = 0; at < 50; at++) await store.write(`gone-${at}`, "value", { ttl: 10 })
    await store.write("stays", "value", { ttl: 10_000 })
    await store.write("empty", "value")
    now += 100
    for (let at = 0; at < 600; at++) await store.write("stays", "value", { ttl: 10_000 })
    await store.close()
    expect((await store.list("")).keys.toSorted()).toEqual(["empty", "stays"])
    expect(below(join(folder, "v1")).filter((path) => /-/.test(basename(path)))).toHaveLength(4)
  })

  it("does not fail a write because it cannot sweep", async () => {
    const store = await openThen({
      // As `readdir` of Node has it: only the first form is used.
      readdir: (async (path: string) => {
        if (path.endsWith("drafts")) throw systemError("EIO")
        return nodeFiles.readdir(path)
      }) as FileSystem["readdir"],
    })
    expect(await store.write("key", "value")).toBeTypeOf("string")
    await store.close()
  })
})

describe("diskStorage, when the file system fails", () => {
  it.each([
    ["EACCES", "Let the user of this process read and write it"],
    ["EROFS", "Name a folder that can be written"],
    ["EXDEV", "renames folders in one step"],
  ])("says of %s which folder it is and what to do", async (code, fix) => {
    const store = open({ rename: () => Promise.reject(systemError(code)) })
    const failure = store.write("key", "value").catch((error: unknown) => error)
    const error = await failure
    expect(error).toBeInstanceOf(StorageFolderUnusable)
    expect(String(error)).toContain(`\`${folder}\``)
    expect(String(error)).toContain(fix)
    expect(String(error)).toContain(code)
  })

  it("says so of a folder that is a file", async () => {
    writeFileSync(join(folder, "file"), "")
    const store = open({}, { folder: join(folder, "file") })
    await expect(store.get("key")).rejects.toThrow("this is a file, or lies below one")
  })

  it("refuses a file system that lets two create the same", async () => {
    const store = open({
      async rename(from, to) {
        await nodeFiles.rm(to, { recursive: true, force: true })
        await nodeFiles.rename(from, to)
      },
    })
    await expect(store.get("key")).rejects.toThrow("does not rename folders in one step")
  })

  it("refuses a file system that copies folders", async () => {
    const store = open({ rename: (from, to) => nodeFiles.cp(String(from), String(to), { recursive: true }) })
    await expect(store.get("key")).rejects.toThrow("does not rename folders in one step")
  })

  it("works once the folder was mended", async () => {
    writeFileSync(join(folder, "v1"), "")
    const store = open()
    await expect(store.get("key")).rejects.toThrow(StorageFolderUnusable)
    rmSync(join(folder, "v1"))
    await store.write("key", "value")
    expect(await store.get("key")).toMatchObject({ value: "value" })
  })

  it("says that the disk is full, and keeps what was there", async () => {
    const other = open()
    await other.write("key", "one")
    const store = await openThen({
      async open(...args) {
        const file = await nodeFiles.open(...args)
        file.writeFile = () => Promise.reject(systemError("ENOSPC"))
        return file
      },
    })
    await expect(store.write("key", "two")).rejects.toThrow(StorageFull)
    await expect(store.write("new", "value")).rejects.toThrow(`the disk of \`${folder}\``)
    expect(await other.get("key")).toMatchObject({ value: "one" })
    expect(await other.get("new")).toBeUndefined()
    expect(onlyFile()).toContain("v1")
  })

  it("believes what it sees when the answer to a renaming was lost", async () => {
    const store = await openThen({
      async rename(from, to) {
        await nodeFiles.rename(from, to)
        throw systemError("ENOENT")
      },
    })
    const one = await store.write("key", "one", { if: absent })
    const two = await store.write("key", "two", { if: one })
    expect(await store.get("key")).toMatchObject({ value: "two", version: two })
    expect(await store.write("key", undefined, { if: two })).toBe(absent)
  })
})

describe("diskStorage, of a damaged file", () => {
  it.each([
    ["empty", () => writeFileSync(onlyFile(), "")],
    ["cut off", () => writeFileSync(onlyFile(), readFileSync(onlyFile()).subarray(0, -1))],
    ["changed", () => writeFileSync(onlyFile(), readFileSync(onlyFile(), "utf8").replace("value", "valve"))],
    ["another's", () => writeFileSync(onlyFile(), readFileSync(onlyFile(), "utf8").replace("key", "yek"))],
    ["gone", () => rmSync(onlyFile())],
  ])("that is %s says which one, and holds a new value", async (_how, damage) => {
    const store = open()
    await store.write("key", "value")
    const path = onlyFile()
    damage()
    const error = await Promise.resolve(store.get("key")).catch((failure: unknown) => failure)
    expect(error).toBeInstanceOf(DamagedEntry)
    expect(error).toMatchObject({ path })
    await store.write("key", "new")
    expect(await store.get("key")).toMatchObject({ value: "new" })
  })

  it("lists keys that are longer than the contract has them", async () => {
    const store = open()
    const long = "k".repeat(10_000)
    await store.write(long, "value")
    await store.write("key", "value")
    expect((await store.list("")).keys.toSorted()).toEqual(["key", long])
  })

  it("lists no key that it cannot be sure of", async () => {
    const store = open()
    await store.write("key", "value")
    writeFileSync(onlyFile(), "")
    await expect(store.list("")).rejects.toThrow(DamagedEntry)
  })
})

describe("diskStorage, of what is written through to the disk", () => {
  /** Opens the folder and notes what is synced and renamed. */
  async function noting(isSynced: boolean) {
    const notes: string[] = []
    const store = open(
      {
        async open(path, ...rest) {
          const file = await nodeFiles.open(path, ...rest)
          const sync = file.sync.bind(file)
          file.sync = async () => {
            notes.push(`sync ${(await file.stat()).isFile() ? "file" : kindOf(String(path))}`)
            await sync()
          }
          return file
        },
        async rename(from, to) {
          notes.push("rename")
          await nodeFiles.rename(from, to)
        },
      },
      { isSynced },
    )
    await store.write("key", "one")
    notes.length = 0
    return { store, notes }
  }

  it("has file and folder on the disk before the renaming, and that before it answers", async () => {
    const { store, notes } = await noting(true)
    await store.write("key", "two")
    expect(notes).toEqual(["sync file", "sync version", "rename", "sync home"])
    notes.length = 0
    await store.write("key", undefined)
    expect(notes).toEqual(["rename", "sync home"])
  })

  it("is overtaken while it waits for the disk as at any other time", async () => {
    const other = open()
    const version = await other.write("key", "one")
    let isOvertaken = false
    const store = open(
      {
        async open(path, ...rest) {
          if (kindOf(String(path)) === "version" && rest.length === 0 && !isOvertaken) {
            isOvertaken = true
            await other.write("key", "two")
          }
          return nodeFiles.open(path, ...rest)
        },
      },
      { isSynced: true },
    )
    expect(await store.write("key", "late", { if: version })).toBeUndefined()
    isOvertaken = false
    await store.write("key", "last")
    expect(await other.get("key")).toMatchObject({ value: "last" })
  })

  it("waits for no disk where a killed process is all that is feared", async () => {
    const { store, notes } = await noting(false)
    await store.write("key", "two")
    expect(notes).toEqual(["rename"])
  })
})
