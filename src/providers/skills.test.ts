import { createHash } from "node:crypto"
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import fc from "fast-check"
import { connect, type TestClient } from "fleetmcp/testing"
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest"
import { quietServer } from "../../test/support/server.ts"
import type { LogRecord } from "../server/server-log.ts"
import { wholeScope } from "../server/snapshot.ts"
import { skill, skills, skillsExtension, skillsOf } from "./skills.ts"
import type { SkillsOptions, SkillsProvider } from "./skills-provider.ts"

let base = ""
let root = ""
let said: LogRecord[] = []

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "skills-"))
  root = join(base, "root")
  said = []
  await mkdir(root)
})

afterEach(() => rm(base, { recursive: true }))

async function write(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), content)
}

const head = (name: string, more = ""): string =>
  `---\nname: ${name}\ndescription: Does ${name}\n${more}---\n# ${name}\n`

const log = (record: LogRecord): void => void said.push(record)

function open(options: SkillsOptions = {}): SkillsProvider {
  return skills(root, { log, ...options })
}

async function serve(provider: SkillsProvider, options?: object): Promise<TestClient> {
  const mcp = quietServer({ plugins: [skillsExtension(provider, options)] })
  const client = await connect(mcp)
  onTestFinished(() => client.close())
  return client
}

async function text(client: TestClient, uri: string): Promise<string> {
  const [content] = (await client.readResource(uri)).contents
  return content !== undefined && "text" in content ? content.text : expect.fail("no text")
}

const digest = (content: string | Uint8Array): string =>
  `sha256:${createHash("sha256").update(content).digest("hex")}`

describe("skills as resources", () => {
  it("offers the main file and the manifest, and a template for the rest", async () => {
    await write("refunds/SKILL.md", head("refunds"))
    await write("refunds/references/forms.md", "# Forms")
    await write("notes.txt", "no skill")
    await write("empty/readme.md", "no skill")
    const client = await serve(open())
    const listed = await client.listResources()
    expect(listed.map(({ uri }) => uri)).toEqual(["skill://refunds/SKILL.md", "skill://refunds/_manifest"])
    expect(listed[0]).toMatchObject({
      name: "refunds",
      description: "Does refunds",
      mimeType: "text/markdown",
    })
    const templates = await client.listTemplates()
    expect(templates.map(({ uriTemplate }) => uriTemplate)).toEqual(["skill://refunds/{path*}"])
    expect(await text(client, "skill://refunds/references/forms.md")).toBe("# Forms")
    expect(JSON.parse(await text(client, "skill://refunds/_manifest"))).toEqual({
      skill: "refunds",
      files: [
        { path: "SKILL.md", size: head("refunds").length, hash: digest(head("refunds")) },
        { path: "references/forms.md", size: 7, hash: digest("# Forms") },
      ],
    })
  })

  it("offers each file as a resource when told to", async () => {
    await write("a/SKILL.md", head("a"))
    await write("a/x y/1.md", "one")
    const client = await serve(open({ supportingFiles: "resources" }))
    const uris = (await client.listResources()).map(({ uri }) => uri)
    expect(uris).toEqual(["skill://a/SKILL.md", "skill://a/_manifest", "skill://a/x%20y/1.md"])
    expect(await client.listTemplates()).toEqual([])
    expect(await text(client, "skill://a/x%20y/1.md")).toBe("one")
  })

  it("sends bytes as they are: text with its mark and line ends, the rest as blobs with their types", async () => {
    await write("a/SKILL.md", `\ufeff${head("a").replaceAll("\n", "\r\n")}`)
    await write("a/dot.png", new Uint8Array([137, 80, 255]))
    await write("a/latin.md", new Uint8Array([0xe9]))
    await write("a/LICENSE", "MIT")
    await write("a/data", new Uint8Array([0, 1]))
    const client = await serve(open())
    expect(await text(client, "skill://a/SKILL.md")).toBe(`\ufeff${head("a").replaceAll("\n", "\r\n")}`)
    const read = async (name: string) => (await client.readResource(`skill://a/${name}`)).contents[0]
    expect(await read("dot.png")).toMatchObject({ mimeType: "image/png", blob: "iVD/" })
    expect(await read("latin.md")).toMatchObject({ mimeType: "text/markdown", blob: "6Q==" })
    expect(await read("LICENSE")).toMatchObject({ mimeType: "text/plain", text: "MIT" })
    expect(await read("data")).toMatchObject({ mimeType: "application/octet-stream", blob: "AAE=" })
    expect((await client.listResources())[0]?.description).toBe("Does a")
  })

  it.each([
    "skill://a/../b.txt",
    "skill://a/..%2Fb.txt",
    "skill://a/x/../../b.txt",
    "skill://a/%2Fetc%2Fpasswd",
    "skill://a/SKILL.md%00",
    "skill://a/.git/config",
    "skill://a/link.txt",
    "skill://a/folder/key.txt",
    "skill://a/sub",
    "skill://a/",
  ])("does not find %s", async (uri) => {
    await write("a/SKILL.md", head("a"))
    await write("a/sub/file.md", "x")
    await write("a/.git/config", "secret")
    await write("b.txt", "secret")
    await mkdir(join(base, "outside"))
    await writeFile(join(base, "outside", "key.txt"), "secret")
    await symlink(join(base, "outside", "key.txt"), join(root, "a", "link.txt"))
    await symlink(join(base, "outside"), join(root, "a", "folder"))
    const client = await serve(open())
    await expect(client.readResource(uri)).rejects.toMatchObject({ error: { code: -32602 } })
    expect(await text(client, "skill://a/_manifest")).not.toMatch(/link|key|config/)
  })

  it("gives nothing from outside for any path", async () => {
    await write("a/SKILL.md", head("a"))
    await write("a/x.md", "inside")
    await write("secret.md", "outside")
    const client = await serve(open())
    const part = fc.constantFrom(
      "..",
      ".",
      "a",
      "x.md",
      "secret.md",
      "%2e%2e",
      "%2F",
      "%5C",
      "%00",
      "",
      "~",
      "C:",
    )
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 6 }), async (parts) => {
        const read = client.readResource(`skill://a/${parts.join("/")}`)
        const { contents } = await read.catch(() => ({ contents: [] }))
        expect(JSON.stringify(contents)).not.toContain("outside")
      }),
      { numRuns: 200 },
    )
  })

  it("does not read through a link that took the place of a file or a folder", async () => {
    await write("a/SKILL.md", head("a"))
    await write("a/one.md", "1")
    await write("a/sub/two.md", "2")
    await mkdir(join(base, "outside"))
    await writeFile(join(base, "outside", "two.md"), "secret")
    const client = await serve(open())
    expect(await text(client, "skill://a/sub/two.md")).toBe("2")
    await rm(join(root, "a/one.md"))
    await symlink(join(base, "outside", "two.md"), join(root, "a/one.md"))
    await rename(join(root, "a/sub"), join(root, "a/old"))
    await symlink(join(base, "outside"), join(root, "a/sub"))
    await expect(client.readResource("skill://a/one.md")).rejects.toMatchObject({ error: { code: -32602 } })
    await expect(client.readResource("skill://a/sub/two.md")).rejects.toMatchObject({
      error: { code: -32602 },
    })
  })

  it("takes the first of two skills with one name, and says so", async () => {
    await write("a/SKILL.md", head("a"))
    const other = join(base, "other")
    await mkdir(join(other, "a"), { recursive: true })
    await writeFile(join(other, "a", "SKILL.md"), "second")
    const client = await serve(skills([root, other], { log }))
    expect(await text(client, "skill://a/SKILL.md")).toBe(head("a"))
    expect(said.map(({ message }) => message)).toEqual([expect.stringContaining("has its name")])
  })

  it("takes the first line that says something where there is no frontmatter", async () => {
    await write("a/SKILL.md", "\n# Does this\n\nand that")
    await write("b/SKILL.md", "---\nname: b\ndescription: Use it: now\n---\n")
    const listed = await (await serve(open())).listResources()
    expect(listed.map(({ description }) => description)).toEqual(
      expect.arrayContaining(["Does this", "Use it: now"]),
    )
  })

  it("refuses a skill that no host takes, and serves the others", async () => {
    await write("a/SKILL.md", head("a"))
    await write("big/SKILL.md", head("big"))
    await write("big/data.bin", new Uint8Array(16 * 1024 * 1024))
    const listed = await (await serve(open())).listResources()
    expect(listed.map(({ uri }) => uri)).toEqual(["skill://a/SKILL.md", "skill://a/_manifest"])
    expect(said[0]?.error).toMatchObject({ code: "INVALID_SKILL" })
  })

  it("does not start where the one skill has no main file, or a root is missing", async () => {
    await mkdir(join(root, "a"))
    await expect(skill(join(root, "a"), { log }).lifespan?.()).rejects.toMatchObject({
      code: "INVALID_SKILL",
    })
    await expect(skills(join(root, "none")).lifespan?.()).rejects.toMatchObject({ code: "FOLDER_UNUSABLE" })
  })

  it("follows links to skills elsewhere only when told to", async () => {
    await mkdir(join(base, "elsewhere", "a"), { recursive: true })
    await writeFile(join(base, "elsewhere", "a", "SKILL.md"), head("a"))
    await symlink(join(base, "elsewhere", "a"), join(root, "a"))
    expect(await open().list("resource", wholeScope)).toEqual([])
    expect(said[0]?.message).toContain("outsideLinks: true")
    expect(await open({ outsideLinks: true }).list("resource", wholeScope)).toHaveLength(2)
  })

  it("takes over what changes while it watches", async () => {
    await write("a/SKILL.md", head("a"))
    const provider = open({ watch: true })
    const stop = await provider.lifespan?.()
    onTestFinished(() => stop?.())
    const changed = () => new Promise((resolve) => provider.onChange?.(resolve))
    const seen = changed()
    await write("b/SKILL.md", head("b"))
    await seen
    const uris = (await provider.list("resource", wholeScope)).map(({ component }) => component.id)
    expect(uris).toContain("skill://b/SKILL.md")
  })

  it("refuses options that it does not have, and places that are none", () => {
    expect(() => skills(root, { reload: true } as never)).toThrow("Use `watch`")
    expect(() => skills([], {})).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }))
    expect(() => skill(root, { mainFile: "../x" })).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION" }),
    )
  })
})

describe("skillsExtension", () => {
  it("is advertised with directoryRead, beside resources", async () => {
    await write("a/SKILL.md", head("a"))
    const { capabilities } = await (await serve(open())).discover()
    expect(capabilities).toMatchObject({
      resources: {},
      extensions: { "io.modelcontextprotocol/skills": { directoryRead: true } },
    })
  })

  it("lists and gets entries with the frontmatter as it was written", async () => {
    const written = head("a", 'since: 2024-01-02\nratio: 1.50\nmetadata:\n  "version": "1.0"\n')
    await write("a/SKILL.md", written)
    await write("a/nested/b/SKILL.md", head("b"))
    const client = await serve(open())
    const entry = {
      uri: "skill://a/SKILL.md",
      frontmatter: {
        name: "a",
        description: "Does a",
        since: "2024-01-02",
        ratio: 1.5,
        metadata: { version: "1.0" },
      },
      resources: [
        { uri: "skill://a/SKILL.md", digest: digest(written), size: written.length },
        { uri: "skill://a/nested/b/SKILL.md", digest: digest(head("b")), size: head("b").length },
      ],
    }
    const hints = { ttlMs: 0, cacheScope: "private" }
    expect(await client.request("skills/list")).toMatchObject({ skills: [entry], ...hints })
    expect(await client.request("skills/get", { uri: entry.uri })).toMatchObject({ skill: entry, ...hints })
  })

  it("lists page by page, each skill once", async () => {
    for (const name of ["a", "b", "c"]) await write(`${name}/SKILL.md`, head(name))
    const client = await serve(open(), { pageSize: 2 })
    const first = await client.request("skills/list")
    const second = await client.request("skills/list", { cursor: first.nextCursor })
    const uris = [first, second].map(({ skills: all }) => (all as { uri: string }[]).map(({ uri }) => uri))
    expect(uris).toEqual([["skill://a/SKILL.md", "skill://b/SKILL.md"], ["skill://c/SKILL.md"]])
    expect(second.nextCursor).toBeUndefined()
    await expect(client.request("skills/list", { cursor: "x" })).rejects.toMatchObject({
      error: { code: -32602 },
    })
  })

  it.each([
    ["no frontmatter", "# a"],
    ["another name", head("b")],
    ["no description", "---\nname: a\n---\n"],
    ["a list", "---\n- a\n---\n"],
    ["an infinite number", "---\nname: a\ndescription: x\nn: .inf\n---\n"],
    [
      "a bomb",
      `---\nname: a\ndescription: x\nl: &l [1,1,1,1,1,1,1,1,1]\nm: &m [*l,*l,*l,*l,*l,*l,*l,*l]\nn: [*m,*m,*m,*m,*m,*m]\n---\n`,
    ],
    ["depth", `---\nname: a\ndescription: x\nd: ${"[".repeat(20_000)}\n---\n`],
  ])("does not list a skill with %s, but offers its resources and says why", async (_, content) => {
    await write("a/SKILL.md", content)
    const log: LogRecord[] = []
    const provider = open()
    const mcp = quietServer({
      plugins: [skillsExtension(provider)],
      log: (record: LogRecord) => log.push(record),
    })
    await using client = await connect(mcp)
    expect(await client.request("skills/list")).toMatchObject({ skills: [] })
    expect(await text(client, "skill://a/SKILL.md")).toBe(content)
    await client.request("skills/list")
    expect(log.filter(({ message }) => message.includes("not listed as a skill"))).toHaveLength(1)
  })

  it("reads folders, and nothing that is none", async () => {
    await write("a/SKILL.md", head("a"))
    await write("a/templates/x.md", "x")
    await mkdir(join(root, "a/empty"))
    const client = await serve(open())
    const read = (uri: string) => client.request("resources/directory/read", { uri })
    expect(await read("skill://a")).toMatchObject({
      resources: [
        { uri: "skill://a/SKILL.md", name: "SKILL.md", mimeType: "text/markdown" },
        { uri: "skill://a/empty", name: "empty", mimeType: "inode/directory" },
        { uri: "skill://a/templates", name: "templates", mimeType: "inode/directory" },
      ],
    })
    expect(await read("skill://a/templates")).toMatchObject({ resources: [{ name: "x.md", size: 1 }] })
    expect(await read("skill://a/empty")).toMatchObject({ resources: [] })
    for (const uri of [
      "skill://a/",
      "skill://a/SKILL.md",
      "skill://b",
      "skill://a/templates/..",
      "skill://a/..",
    ])
      await expect(read(uri)).rejects.toMatchObject({ error: { code: -32602 } })
  })

  it.each(["skill://b/SKILL.md", "skill://a", "skill://a/_manifest", ""])(
    "has no skill at `%s`",
    async (uri) => {
      await write("a/SKILL.md", head("a"))
      const client = await serve(open())
      await expect(client.request("skills/get", { uri })).rejects.toMatchObject({ error: { code: -32602 } })
    },
  )

  it("tells nobody of a skill who may not read it", async () => {
    await write("a/SKILL.md", head("a"))
    const client = await serve(open({ auth: () => false }))
    expect(await client.request("skills/list")).toMatchObject({ skills: [] })
    await expect(client.request("skills/get", { uri: "skill://a/SKILL.md" })).rejects.toMatchObject({
      error: { code: -32602 },
    })
    const read = client.request("resources/directory/read", { uri: "skill://a" })
    await expect(read).rejects.toMatchObject({ error: { code: -32602 } })
  })

  it("tells nobody of a skill that a transform hides", async () => {
    await write("a/SKILL.md", head("a"))
    const hide = { name: "hide", list: () => [], find: () => undefined }
    const mcp = quietServer({ plugins: [skillsExtension(open())], transforms: [hide] })
    await using client = await connect(mcp)
    expect(await client.request("skills/list")).toMatchObject({ skills: [] })
  })

  it("knows a changed file once it was read", async () => {
    await write("a/SKILL.md", head("a"))
    const client = await serve(open())
    await client.listResources()
    await write("a/SKILL.md", head("a", "new: true\n"))
    expect(await text(client, "skill://a/SKILL.md")).toContain("new")
    expect(await client.request("skills/get", { uri: "skill://a/SKILL.md" })).toMatchObject({
      skill: { frontmatter: { new: true }, resources: [{ digest: digest(head("a", "new: true\n")) }] },
    })
  })
})

describe("skillsOf", () => {
  it("takes the skills of a project before those of a person, and passes by what is not there", async () => {
    const home = join(base, "home")
    for (const [folder, name] of [
      ["root", "a"],
      ["home", "a"],
      ["home", "b"],
    ] as const) {
      await mkdir(join(base, folder, ".claude/skills", name), { recursive: true })
      await writeFile(join(base, folder, ".claude/skills", name, "SKILL.md"), head(name, `from: ${folder}\n`))
    }
    const client = await serve(skillsOf("claude", { project: root, home, log }))
    expect(await text(client, "skill://a/SKILL.md")).toContain("from: root")
    expect(await text(client, "skill://b/SKILL.md")).toContain("from: home")
    expect(await skillsOf("goose", { project: root, home }).list("resource", wholeScope)).toEqual([])
  })

  it("knows its hosts", () => {
    expect(() => skillsOf("cloude" as never)).toThrow("Did you mean `claude`?")
    expect(() => skillsOf("toString" as never)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }))
  })
})
