import { createHash } from "node:crypto"
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve, win32 } from "node:path"
import fc from "fast-check"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import type { ReadResourceResult } from "../spec/index.ts"
import { downloadSkill, listSkills, type SkillsClient, syncSkills } from "./skills.ts"
import { pathDanger } from "./skills-manifest.ts"

let base = ""
let folder = ""

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "client-skills-"))
  folder = join(base, "skills")
})

afterEach(() => rm(base, { recursive: true }))

interface Sent {
  readonly path: unknown
  readonly text?: string
  readonly blob?: string
  readonly size?: unknown
  readonly hash?: unknown
}

const sha = (content: string | Uint8Array): string =>
  `sha256:${createHash("sha256").update(content).digest("hex")}`

/** A server that says whatever a test wants it to say. */
function server(
  skills: { readonly [name: string]: readonly Sent[] },
  manifest?: unknown,
): SkillsClient & { reads: string[] } {
  const reads: string[] = []
  return {
    reads,
    listResources: async () => [
      { uri: "config://x" },
      ...Object.keys(skills).map((name) => ({
        uri: `skill://${name}/SKILL.md`,
        description: `Does ${name}`,
      })),
    ],
    readResource: async (uri): Promise<ReadResourceResult> => {
      reads.push(uri)
      const name = Object.keys(skills).find((one) => uri.startsWith(`skill://${one}/`)) ?? ""
      const files = skills[name] ?? []
      const path = decodeURIComponent(uri.slice(`skill://${name}/`.length))
      if (path === "_manifest") {
        const listed = files.map(({ path: own, text = "", blob, size, hash }) => {
          const bytes = blob === undefined ? Buffer.from(text) : Buffer.from(blob, "base64")
          return { path: own, size: size ?? bytes.length, hash: hash ?? sha(bytes) }
        })
        return {
          contents: [
            { uri, text: JSON.stringify(manifest !== undefined ? manifest : { skill: name, files: listed }) },
          ],
        } as never
      }
      const file = files.find((one) => one.path === path)
      if (file === undefined) throw new Error(`no ${uri}`)
      return {
        contents: [{ uri, ...(file.blob === undefined ? { text: file.text } : { blob: file.blob }) }],
      } as never
    },
  }
}

const main = { path: "SKILL.md", text: "# a" }

async function everything(): Promise<readonly string[]> {
  return (await readdir(base, { recursive: true })).sort()
}

describe("listSkills", () => {
  it("lists main files with their names and descriptions", async () => {
    const found = await listSkills(server({ a: [main], "acme/b": [main], "c%20d": [main] }))
    expect(found.map(({ name }) => name)).toEqual(["a", "acme/b", "c d"])
    expect(found[0]).toEqual({ name: "a", uri: "skill://a/SKILL.md", description: "Does a" })
  })
})

describe("downloadSkill", () => {
  it("writes all files, text and bytes, and nothing else", async () => {
    const client = server({ a: [main, { path: "x y/1.bin", blob: "AP8=" }] })
    expect(await downloadSkill(client, "a", folder)).toBe(join(folder, "a"))
    expect(await everything()).toEqual(
      ["skills", "skills/a", "skills/a/SKILL.md", "skills/a/x y", "skills/a/x y/1.bin"].map((path) =>
        join(path),
      ),
    )
    expect(await readFile(join(folder, "a/x y/1.bin"))).toEqual(Buffer.from([0, 255]))
  })

  it("writes a nested skill under its own name", async () => {
    expect(await downloadSkill(server({ "acme/refunds": [main] }), "acme/refunds", folder)).toBe(
      join(folder, "refunds"),
    )
  })

  it.each([
    "../evil",
    "/etc/evil",
    "a/../../evil",
    "a\\..\\evil",
    "C:evil",
    "C:\\evil",
    "file:stream",
    "a//b",
    "./a",
    "a/",
    "",
    "nul\0",
    "line\nbreak",
    "CON",
    "aux.txt",
    "sub/Lpt1.md",
    "nul .txt",
    "dot.",
    "space ",
    "half\ud800",
    "x".repeat(256),
    `${"d/".repeat(17)}x`,
    7,
    null,
  ])("writes nothing where a path is %j", async (path) => {
    await expect(
      downloadSkill(server({ a: [main, { path, text: "x" }] }), "a", folder),
    ).rejects.toMatchObject({
      code: "SKILL_REFUSED",
    })
    expect(await everything()).toEqual([])
  })

  it.each([
    ["the same path in another case", ["a.md", "A.md"]],
    ["the same path with another accent", ["é", "e\u0301"]],
    ["a file that is a folder", ["a", "A/b"]],
  ])("refuses %s", async (_, paths) => {
    const files = paths.map((path) => ({ path, text: "x" }))
    await expect(downloadSkill(server({ a: files }), "a", folder)).rejects.toMatchObject({
      code: "SKILL_REFUSED",
    })
  })

  it.each([
    ["another text", { text: "changed", hash: sha("x"), size: 7 }],
    ["another size", { text: "xx", hash: sha("xx"), size: 3 }],
    ["more than was promised", { text: "x".repeat(1000), hash: sha("x"), size: 1 }],
    ["no Base64", { blob: "!!!!", hash: sha("x"), size: 3 }],
    ["no hash", { text: "x", hash: "md5:1" }],
    ["no size", { text: "x", size: -1 }],
  ])("keeps nothing of a skill with a file of %s", async (_, file) => {
    await expect(
      downloadSkill(server({ a: [main, { path: "b", ...file }] }), "a", folder),
    ).rejects.toMatchObject({
      code: "SKILL_REFUSED",
    })
    expect((await everything()).filter((path) => path !== "skills")).toEqual([])
  })

  it.each([[null], [[]], [{ files: "x" }], [{ files: [null] }]])(
    "refuses the manifest %j",
    async (manifest) => {
      await expect(downloadSkill(server({ a: [main] }, manifest), "a", folder)).rejects.toThrow()
      expect(await everything()).toEqual([])
    },
  )

  it("takes no more files and bytes than it may, and asks for none of them", async () => {
    const client = server({ a: [main, { path: "b", text: "x" }] })
    await expect(downloadSkill(client, "a", folder, { maxFiles: 1 })).rejects.toMatchObject({
      code: "SKILL_REFUSED",
    })
    await expect(downloadSkill(client, "a", folder, { maxBytes: 3 })).rejects.toMatchObject({
      code: "SKILL_REFUSED",
    })
    expect(new Set(client.reads)).toEqual(new Set(["skill://a/_manifest"]))
  })

  it("does not touch a skill that is there, unless told to", async () => {
    await mkdir(join(folder, "a"), { recursive: true })
    await writeFile(join(folder, "a/mine.md"), "mine")
    const client = server({ a: [main] })
    await expect(downloadSkill(client, "a", folder)).rejects.toMatchObject({ code: "SKILL_EXISTS" })
    expect(await readdir(join(folder, "a"))).toEqual(["mine.md"])
    expect(client.reads).toEqual([])
    await downloadSkill(client, "a", folder, { overwrite: true })
    expect(await readdir(join(folder, "a"))).toEqual(["SKILL.md"])
    expect(await readdir(folder)).toEqual(["a"])
  })

  it("leaves a skill that is there as it was when the new one is refused", async () => {
    await mkdir(join(folder, "a"), { recursive: true })
    await writeFile(join(folder, "a/SKILL.md"), "old")
    const client = server({ a: [{ ...main, hash: sha("other") }] })
    await expect(downloadSkill(client, "a", folder, { overwrite: true })).rejects.toMatchObject({
      code: "SKILL_REFUSED",
    })
    expect(await readFile(join(folder, "a/SKILL.md"), "utf8")).toBe("old")
    expect(await readdir(folder)).toEqual(["a"])
  })

  it("does not write through a link in its place", async () => {
    await mkdir(join(base, "elsewhere"))
    await mkdir(folder)
    await symlink(join(base, "elsewhere"), join(folder, "a"))
    const download = downloadSkill(server({ a: [main] }), "a", folder, { overwrite: true })
    await expect(download).rejects.toMatchObject({ code: "SKILL_REFUSED" })
    expect(await readdir(join(base, "elsewhere"))).toEqual([])
  })

  it.each(["..", ".", "", ".git", "a/..", "CON", "a\\b", "c:"])("refuses the name %j", async (name) => {
    await expect(downloadSkill(server({ a: [main] }), name, folder)).rejects.toMatchObject({
      code: "SKILL_REFUSED",
    })
    expect(await everything()).toEqual([])
  })

  it("ends when it is told to, and leaves nothing", async () => {
    const stop = new AbortController()
    const client = server({ a: [main, { path: "b", text: "x" }] })
    const readResource: SkillsClient["readResource"] = (uri) => {
      if (uri.endsWith("/b")) stop.abort()
      return client.readResource(uri)
    }
    const download = downloadSkill({ ...client, readResource }, "a", folder, { signal: stop.signal })
    await expect(download).rejects.toMatchObject({ name: "AbortError" })
    expect(await everything()).toEqual(["skills"])
  })

  it("accepts no path that leaves its folder, on any system", () => {
    const part = fc.oneof(
      fc.constantFrom("..", ".", "", "a", "~", "C:", "con", "\\", "/"),
      fc.string({ maxLength: 4 }),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), fc.constantFrom("/", "\\", ""), (parts, separator) => {
        const path = parts.join(separator)
        if (pathDanger(path) !== undefined) return
        expect(resolve("/base/x", path).startsWith("/base/x/")).toBe(true)
        expect(win32.resolve("C:\\base\\x", path).startsWith("C:\\base\\x\\")).toBe(true)
      }),
      { numRuns: 3000 },
    )
  })
})

describe("syncSkills", () => {
  it("downloads what is new, keeps what is there, and says what failed", async () => {
    const client = server({ a: [main], b: [{ path: "../x", text: "x" }], c: [main] })
    await mkdir(join(folder, "c"), { recursive: true })
    const { downloaded, kept, failed } = await syncSkills(client, folder)
    expect({ downloaded, kept, failed: failed.map(({ name }) => name) }).toEqual({
      downloaded: ["a"],
      kept: ["c"],
      failed: ["b"],
    })
  })

  it("reads only the manifest of a skill that is the same", async () => {
    const client = server({ a: [main] })
    await syncSkills(client, folder)
    client.reads.length = 0
    expect(await syncSkills(client, folder, { overwrite: true })).toMatchObject({
      downloaded: [],
      kept: ["a"],
    })
    expect(client.reads).toEqual(["skill://a/_manifest"])
  })

  it("takes the first of two skills that would lie in one folder", async () => {
    const { downloaded, failed } = await syncSkills(server({ "x/a": [main], "y/A": [main] }), folder)
    expect([downloaded, failed.map(({ name }) => name)]).toEqual([["x/a"], ["y/A"]])
  })

  it("refuses options that it does not have", async () => {
    await expect(syncSkills(server({}), folder, { force: true } as never)).rejects.toMatchObject({
      code: "FLEET-09",
    })
  })
})
