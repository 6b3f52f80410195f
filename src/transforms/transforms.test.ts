import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { quietServer } from "../../test/support/server.ts"
import { prompt } from "../components/prompt.ts"
import { resource } from "../components/resource.ts"
import { tool } from "../components/tool.ts"
import type { FleetMCP } from "../fleet-mcp.ts"
import type { LogRecord } from "../server/server-log.ts"
import { prefixing } from "../shared/prefix.ts"
import { namespace } from "./namespace.ts"
import { onlyTagged } from "./only-tagged.ts"
import { relabel } from "./relabel.ts"
import { rename } from "./rename.ts"
import { visibility } from "./visibility.ts"

const said = (name: string, tags: readonly string[] = []) => tool({ name, tags }, () => `I am ${name}`)

const namesOf = async (mcp: FleetMCP) => (await mcp.listTools()).map(({ name }) => name)

async function textOf(mcp: FleetMCP, name: string, args = {}): Promise<unknown> {
  const { content } = await mcp.callTool(name, args)
  return (content[0] as { text?: string } | undefined)?.text
}

describe("prefixing", () => {
  const prefix = fc.stringMatching(/^[A-Za-z0-9_.-]{1,20}$/)
  const separator = fc.constantFrom("_", ".", "-", "__")
  const uri = fc.oneof(
    fc.webUrl(),
    fc.stringMatching(/^[a-z][a-z0-9+.-]{0,8}:(\/\/)?[a-zA-Z0-9/_{}?.-]{0,30}$/),
  )

  it("is undone by what takes it off again", () => {
    fc.assert(
      fc.property(prefix, separator, uri, (of, by, given) => {
        const naming = prefixing(of, by)
        expect(naming.innerUri(naming.uri(given))).toBe(given)
        expect(naming.innerName(naming.name(given))).toBe(given)
      }),
    )
  })

  it("knows nothing that has not the prefix", () => {
    fc.assert(
      fc.property(prefix, separator, uri, (of, by, given) => {
        const naming = prefixing(of, by)
        const inner = naming.innerUri(given)
        if (inner !== undefined) expect(naming.uri(inner)).toBe(given)
        const name = naming.innerName(given)
        if (name !== undefined) expect(naming.name(name)).toBe(given)
      }),
    )
  })
})

describe("namespace()", () => {
  it("leaves out names that would be too long, from lists and finds, and says so once", async () => {
    const log: LogRecord[] = []
    const long = "a".repeat(126)
    const mcp = quietServer({
      transforms: [namespace("math")],
      tools: [said(long), said("add")],
      log: (record) => void log.push(record),
    })
    expect(await namesOf(mcp)).toEqual(["math_add"])
    await expect(mcp.callTool(`math_${long}`)).rejects.toThrow("No tool named")
    await namesOf(mcp)
    expect(log.filter(({ message }) => message.includes("out"))).toMatchObject([
      { level: "warning", error: { code: "FLEET-21" } },
    ])
  })

  it("keeps completion, acceptance and templates working", async () => {
    const mcp = quietServer({ transforms: [namespace("n")] })
    mcp.resource({ uri: "users://{id}", complete: { id: ["ada"] } }, ({ id }) => `user ${id}`)
    mcp.prompt({ name: "p", args: z.object({ x: z.string() }), complete: { x: ["one"] } }, ({ x }) => x)
    expect(await mcp.listTemplates()).toMatchObject([{ uriTemplate: "users://n/{id}" }])
    const read = await mcp.readResource("users://n/7")
    expect(read).toMatchObject({ contents: [{ uri: "users://n/7", text: "user 7" }] })
    await expect(mcp.readResource("users://7")).rejects.toThrow("not found")
    expect(await mcp.getPrompt("n_p", { x: "1" })).toMatchObject({ messages: [{ content: { text: "1" } }] })
  })
})

describe("rename()", () => {
  it("takes the place of what has the name already, in lists and calls", async () => {
    const mcp = quietServer({ transforms: [rename({ a: "b" })], tools: [said("a"), said("b"), said("c")] })
    expect(await namesOf(mcp)).toEqual(["b", "c"])
    expect(await textOf(mcp, "b")).toBe("I am a")
    await expect(mcp.callTool("a")).rejects.toThrow("No tool named `a`")
  })

  it("leaves the other where there is nothing to rename", async () => {
    const mcp = quietServer({ transforms: [rename({ a: "b" })], tools: [said("b")] })
    expect(await namesOf(mcp)).toEqual(["b"])
    expect(await textOf(mcp, "b")).toBe("I am b")
  })

  it("does not let a caller who may not see the renamed one have the other", async () => {
    const hidden = tool({ name: "a", auth: () => false }, () => "secret")
    const mcp = quietServer({ transforms: [rename({ a: "b" })], tools: [hidden, said("b")] })
    expect(await mcp.listTools({ as: undefined })).toEqual([])
    await expect(mcp.callTool("b", {}, { as: undefined })).rejects.toThrow("No tool named")
  })

  it("swaps names", async () => {
    const mcp = quietServer({ transforms: [rename({ a: "b", b: "a" })], tools: [said("a"), said("b")] })
    expect(await namesOf(mcp)).toEqual(["b", "a"])
    expect([await textOf(mcp, "a"), await textOf(mcp, "b")]).toEqual(["I am b", "I am a"])
  })

  it("makes the title of the new name where it was made of the old one", async () => {
    const titled = tool({ name: "c", title: "Mine" }, () => 1)
    const mcp = quietServer({ transforms: [rename({ a: "plus", c: "d" })], tools: [said("a"), titled] })
    expect((await mcp.listTools()).map(({ title }) => title)).toEqual(["Plus", "Mine"])
  })

  it("lists and finds alike, whatever is renamed to what", async () => {
    const name = fc.constantFrom("a", "b", "c", "d")
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(name, { minLength: 1 }),
        fc
          .dictionary(name, name)
          .filter((names) => new Set(Object.values(names)).size === Object.keys(names).length),
        async (there, names) => {
          const mcp = quietServer({ transforms: [rename(names)], tools: there.map((each) => said(each)) })
          const listed = await namesOf(mcp)
          expect(new Set(listed).size).toBe(listed.length)
          const found: string[] = []
          for (const each of ["a", "b", "c", "d"]) {
            const isFound = await mcp.callTool(each).then(
              () => true,
              () => false,
            )
            if (isFound) found.push(each)
          }
          expect(found).toEqual([...listed].sort())
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe("a tool that was changed by transforms", () => {
  it("is the changed one also under the defaults of a server", async () => {
    const { changedComponent } = await import("../components/changed.ts")
    const plus = changedComponent(said("add") as never, { id: "plus", name: "plus" } as never, {
      name: "plus",
    })
    const mcp = quietServer({ lenient: true } as never)
    mcp.add(plus as never)
    expect(await namesOf(mcp)).toEqual(["plus"])
  })
})

describe("onlyTagged()", () => {
  it("hides from lists and calls, `exclude` winning", async () => {
    const tools = [said("a", ["x"]), said("b", ["x", "y"]), said("c")]
    const mcp = quietServer({ transforms: [onlyTagged({ include: ["x"], exclude: ["y"] })], tools })
    expect(await namesOf(mcp)).toEqual(["a"])
    await expect(mcp.callTool("b")).rejects.toThrow()
    await expect(mcp.callTool("c")).rejects.toThrow()
  })
})

describe("relabel()", () => {
  it("says something else of components, which are called as before", async () => {
    const mcp = quietServer({
      transforms: [
        relabel({
          add: { title: "Sum", description: "Sums", tags: ["m"], annotations: { readOnlyHint: true } },
          "a://b": { description: "B", annotations: { priority: 1 } },
          p: { meta: { "com.example/x": 1 } },
        }),
        visibility({ rules: [{ hide: { tags: ["old"] } }] }),
      ],
      tools: [said("add", ["old"])],
      resources: [resource("a://b", () => "b")],
      prompts: [prompt("p", () => "p")],
    })
    expect(await mcp.listTools()).toMatchObject([
      {
        name: "add",
        title: "Sum",
        description: "Sums",
        annotations: { readOnlyHint: true },
        _meta: { "fleetmcp/tags": ["m"] },
      },
    ])
    expect(await mcp.listResources()).toMatchObject([{ description: "B", annotations: { priority: 1 } }])
    expect(await mcp.listPrompts()).toMatchObject([{ _meta: { "com.example/x": 1 } }])
    expect(await textOf(mcp, "add")).toBe("I am add")
  })

  it.each([
    [{ add: { name: "x" } }, "Use `rename()`."],
    [{ add: { tags: "x" } }, "a list of strings"],
  ])("refuses %j", (given, remedy) => expect(() => relabel(given as never)).toThrow(remedy))
})
