import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest"
import type { ComponentKind } from "../components/component.ts"
import { prompt } from "../components/prompt.ts"
import { resource } from "../components/resource.ts"
import { tool } from "../components/tool.ts"
import type { LogRecord } from "../server/server-log.ts"
import { wholeScope } from "../server/snapshot.ts"
import { type FilesystemOptions, type FolderProvider, filesystem } from "./filesystem.ts"

// Modules in a temporary folder find no package: what they make components with is handed to them.
Object.assign(globalThis, { made: { tool, resource, prompt } })

let base = ""
let root = ""
let said: LogRecord[] = []

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "filesystem-"))
  root = join(base, "root")
  said = []
  await mkdir(root)
})

afterEach(() => rm(base, { recursive: true }))

async function write(path: string, text: string): Promise<void> {
  await mkdir(join(root, path, ".."), { recursive: true })
  await writeFile(join(root, path), text)
}

const toolModule = (name: string, description = ""): string =>
  `export const it = globalThis.made.tool({ name: "${name}", description: "${description}" }, () => "${name}")\n`

function open(options: FilesystemOptions = {}): FolderProvider {
  return filesystem(root, { log: (record) => said.push(record), ...options })
}

async function ids(provider: FolderProvider, kind: ComponentKind = "tool"): Promise<readonly string[]> {
  return (await provider.list(kind, wholeScope)).map(({ component }) => component.id)
}

/** Starts a provider that watches, and gives what waits for the next change. */
async function watched(): Promise<{ provider: FolderProvider; changed: () => Promise<unknown> }> {
  const provider = open({ watch: true })
  const stop = await provider.lifespan?.()
  onTestFinished(() => stop?.())
  return { provider, changed: () => new Promise((resolve) => provider.onChange?.(resolve)) }
}

/** Resolves when something was said that holds the words. */
async function heard(words: string): Promise<LogRecord> {
  return expect
    .poll(() => said.find(({ message }) => message.includes(words)), { timeout: 5000 })
    .toBeDefined()
    .then(() => said.find(({ message }) => message.includes(words)) as LogRecord)
}

describe("filesystem", () => {
  it("offers what modules export by name, as default and in lists, and ignores the rest", async () => {
    await write(
      "all.mjs",
      `const { tool, resource, prompt } = globalThis.made
       export default tool({ name: "first" }, () => 1)
       export const more = [tool({ name: "second" }, () => 2), prompt("ask", () => "?")]
       export const settings = resource("config://settings", () => "{}")
       export const user = resource("users://{id}", ({ id }) => id)
       export const limit = 7, nothing = null, helper = () => 1`,
    )
    const provider = open()
    expect(await ids(provider)).toEqual(["first", "second"])
    expect(await ids(provider, "prompt")).toEqual(["ask"])
    expect(await ids(provider, "resource")).toEqual(["config://settings"])
    expect(await ids(provider, "template")).toEqual(["users://{id}"])
  })

  it("puts the folders of a module before the names of its tools and prompts", async () => {
    await write("users/admin/ban.mjs", toolModule("ban"))
    await write("top.mjs", toolModule("top"))
    expect(await ids(open())).toEqual(["top", "users_admin_ban"])
    expect(await ids(open({ prefix: "shop", separator: "." }))).toEqual(["shop.top", "shop.users.admin.ban"])
    expect(await ids(open({ folderPrefixes: false }))).toEqual(["top", "ban"])
  })

  it("renames in lists too, with the title that the name makes", async () => {
    await write("users/list.mjs", toolModule("list"))
    const [found] = await open().list("tool", wholeScope)
    expect(found?.component.definition).toMatchObject({ name: "users_list", title: "Users List" })
  })

  it("leaves URIs as they are", async () => {
    await write("deep/a.mjs", `export default globalThis.made.resource("a://b", () => "")`)
    expect(await ids(open({ prefix: "x" }), "resource")).toEqual(["a://b"])
  })

  it.each([
    "_helper.mjs",
    "_lib/a.mjs",
    ".hidden.mjs",
    ".git/a.mjs",
    "index.mjs",
    "a.test.mjs",
    "a.spec.mjs",
    "a.d.mts",
    "a.txt",
    "a.cjs",
    "node_modules/x/a.mjs",
  ])("leaves out %s", async (path) => {
    await write(path, toolModule("hidden"))
    expect(await ids(open())).toEqual([])
  })

  it("is waited for until it is loaded, and then answers at once with the same list", async () => {
    await write("a.mjs", toolModule("a"))
    const provider = open()
    expect(provider.list("tool", wholeScope)).toBeInstanceOf(Promise)
    await provider.list("tool", wholeScope)
    const list = provider.list("tool", wholeScope)
    expect(list).not.toBeInstanceOf(Promise)
    expect(provider.list("tool", wholeScope)).toBe(list)
  })

  it("tells who waited when the list is there", async () => {
    const provider = open()
    const told: unknown[] = []
    provider.onChange?.((kinds) => void told.push(kinds))
    await provider.list("tool", wholeScope)
    expect(told).toEqual([["tool"]])
  })

  it("names both files of a duplicate at the start", async () => {
    await write("a.mjs", toolModule("same"))
    await write("b.mjs", toolModule("same"))
    await expect(open().lifespan?.()).rejects.toThrow("`tool:same` is in `a.mjs` and in `b.mjs`")
  })

  it("does not start with a broken file, and names it", async () => {
    await write("sub/broken.mjs", "export const x = {")
    await expect(open().lifespan?.()).rejects.toMatchObject({ code: "MODULE_FAILED" })
    await expect(open().lifespan?.()).rejects.toThrow("sub/broken.mjs")
  })

  it("says what to do where the runtime reads no TypeScript", async () => {
    await write("a.ts", `throw Object.assign(new Error("x"), { code: "ERR_UNKNOWN_FILE_EXTENSION" })`)
    const error = { code: "FLEET-08", message: expect.stringContaining("--import tsx") }
    await expect(open().lifespan?.()).rejects.toMatchObject(error)
  })

  it("names the file whose import is missing", async () => {
    await write("a.mjs", `import "./_gone.mjs"`)
    await expect(open().lifespan?.()).rejects.toThrow("a.mjs")
  })

  it("refuses a folder that is not there", async () => {
    const provider = filesystem(join(base, "nothing"))
    await expect(provider.lifespan?.()).rejects.toMatchObject({ code: "FOLDER_UNUSABLE" })
  })

  it("refuses a name that is none", async () => {
    await write("two words/a.mjs", toolModule("a"))
    await expect(open().lifespan?.()).rejects.toMatchObject({ code: "INVALID_NAME" })
  })

  it("does not follow links that lead out, unless told to", async () => {
    await mkdir(join(base, "root-outside"))
    await writeFile(join(base, "root-outside", "a.mjs"), toolModule("outside"))
    await symlink(join(base, "root-outside"), join(root, "folder"))
    await symlink(join(base, "root-outside", "a.mjs"), join(root, "file.mjs"))
    expect(await ids(open())).toEqual([])
    expect(said.map(({ message }) => message)).toEqual([
      expect.stringContaining("`file.mjs`"),
      expect.stringContaining("`folder`"),
    ])
    expect(await ids(open({ outsideLinks: true }))).toEqual(["outside", "folder_outside"])
  })

  it("does not run in circles", async () => {
    await write("sub/a.mjs", toolModule("a"))
    await symlink(root, join(root, "sub", "again"))
    await symlink(base, join(root, "sub", "above"))
    expect(await ids(open())).toEqual(["sub_a"])
    const all = await ids(open({ outsideLinks: true }))
    expect(all).toContain("sub_a")
  })

  it("keeps folders with files of the same name apart", async () => {
    await write("a.mjs", toolModule("one"))
    await mkdir(join(base, "other"))
    await writeFile(join(base, "other", "a.mjs"), toolModule("two"))
    const other = filesystem(join(base, "other"))
    expect([await ids(open()), await ids(other)]).toEqual([["one"], ["two"]])
  })

  it("refuses options that it does not have, and values they cannot have", () => {
    const make = (options: object) => () => filesystem(root, options as never)
    expect(make({ watching: true })).toThrow("Did you mean `watch`?")
    expect(make({ reload: true })).toThrow("Use `watch`")
    expect(make({ extensions: ["ts"] })).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }))
  })
})

describe("rescan", () => {
  it("takes over new, changed and removed files, and tells of their kinds", async () => {
    await write("a.mjs", toolModule("a"))
    await write("b.mjs", toolModule("b"))
    const provider = open()
    await provider.lifespan?.()
    const told: unknown[] = []
    provider.onChange?.((kinds) => void told.push(kinds))
    await write("a.mjs", toolModule("a2"))
    await rm(join(root, "b.mjs"))
    await write("c.mjs", `export default globalThis.made.prompt("c", () => "")`)
    await provider.rescan()
    expect(await ids(provider)).toEqual(["a2"])
    expect(told).toEqual([["tool", "prompt"]])
    await provider.rescan()
    expect(told).toHaveLength(1)
  })

  it("keeps the last good version of a broken file beside what is sound, and says so once", async () => {
    await write("a.mjs", toolModule("a"))
    const provider = open()
    await provider.lifespan?.()
    await write("a.mjs", "throw new Error('no')")
    await write("b.mjs", toolModule("b"))
    await write("c.mjs", "also broken(")
    await provider.rescan()
    await provider.rescan()
    expect(await ids(provider)).toEqual(["a", "b"])
    expect(said.map(({ message }) => message)).toEqual([
      "`a.mjs` cannot be loaded and offers what it did before",
      "`c.mjs` cannot be loaded and offers nothing",
    ])
    expect(said[0]?.error).toMatchObject({ cause: expect.objectContaining({ message: "no" }) })
    await write("a.mjs", toolModule("mended"))
    await provider.rescan()
    expect(await ids(provider)).toEqual(["mended", "b"])
  })

  it("tries a broken file again when what it imports may be there", async () => {
    const provider = open()
    await provider.lifespan?.()
    await write("a.mjs", `import { name } from "./_name.mjs"\n${toolModule("a")}`)
    await provider.rescan()
    expect(await ids(provider)).toEqual([])
    await write("_name.mjs", `export const name = "a"`)
    await provider.rescan()
    expect(await ids(provider)).toEqual(["a"])
  })

  it("keeps all of the last generation where names meet", async () => {
    await write("a.mjs", toolModule("a"))
    const provider = open()
    await provider.lifespan?.()
    await write("b.mjs", toolModule("a"))
    await write("c.mjs", toolModule("c"))
    await expect(provider.rescan()).rejects.toMatchObject({ files: ["a.mjs", "b.mjs"] })
    expect(await ids(provider)).toEqual(["a"])
    await rm(join(root, "b.mjs"))
    await provider.rescan()
    expect(await ids(provider)).toEqual(["a", "c"])
  })

  it("says that modules keep a helper that has changed", async () => {
    await write("_helper.mjs", "export const a = 1")
    const provider = open()
    await provider.lifespan?.()
    await write("_helper.mjs", "export const a = 22")
    await provider.rescan()
    expect(said.map(({ message }) => message)).toEqual([expect.stringContaining("`_helper.mjs` has changed")])
  })

  it("sees what changed while it was looking", async () => {
    const provider = open()
    const first = provider.rescan()
    await write("late.mjs", toolModule("late"))
    await Promise.all([first, provider.rescan(), provider.rescan()])
    expect(await ids(provider)).toEqual(["late"])
  })

  it("can be started again after a start that failed", async () => {
    await write("a.mjs", "throw 1")
    const provider = open()
    await expect(provider.lifespan?.()).rejects.toThrow()
    await write("a.mjs", toolModule("a"))
    await provider.lifespan?.()
    expect(await ids(provider)).toEqual(["a"])
  })
})

describe("watch", () => {
  it("takes over a change, a new file, one in a new folder, a renamed and a removed one", async () => {
    await write("a.mjs", toolModule("a"))
    const { provider, changed } = await watched()
    const step = async (change: () => Promise<void>) => {
      const seen = changed()
      await change()
      await seen
      return ids(provider)
    }
    expect(await step(() => write("a.mjs", toolModule("a2")))).toEqual(["a2"])
    expect(await step(() => write("b.mjs", toolModule("b")))).toEqual(["a2", "b"])
    expect(await step(() => write("sub/c.mjs", toolModule("c")))).toEqual(["a2", "b", "sub_c"])
    expect(await step(() => write("sub/c.mjs", toolModule("c2")))).toEqual(["a2", "b", "sub_c2"])
    expect(await step(() => rename(join(root, "sub"), join(root, "moved")))).toEqual(["a2", "b", "moved_c2"])
    expect(await step(() => rm(join(root, "b.mjs")))).toEqual(["a2", "moved_c2"])
  })

  it("goes on when its folder was away", async () => {
    await write("a.mjs", toolModule("a"))
    const { provider, changed } = await watched()
    await rename(root, join(base, "away"))
    await heard("keeps what it offered before")
    expect(await ids(provider)).toEqual(["a"])
    const seen = changed()
    await write("b.mjs", toolModule("b"))
    await seen
    expect(await ids(provider)).toEqual(["b"])
  })

  it("is watched until the last server that has it is closed", async () => {
    const provider = open({ watch: true })
    const [stop, other] = [await provider.lifespan?.(), await provider.lifespan?.()]
    await stop?.()
    const seen = new Promise((resolve) => provider.onChange?.(resolve))
    await write("a.mjs", toolModule("a"))
    await seen
    await other?.()
    expect(await ids(provider)).toEqual(["a"])
  })
})
