import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { quietServer } from "../../test/support/server.ts"
import { prompt } from "../components/prompt.ts"
import { tool } from "../components/tool.ts"
import type { FleetMCP } from "../fleet-mcp.ts"
import { createPrincipal, type Principal } from "../protocol/principal.ts"
import { LocalProvider } from "../providers/local.ts"
import { Catalog } from "../server/catalog.ts"
import { defineProvider } from "../server/provider.ts"
import { namespace } from "./namespace.ts"
import { versionArgument } from "./version-argument.ts"
import { versionFilter } from "./version-filter.ts"
import { type Visibility, visibility } from "./visibility.ts"

interface Asked {
  readonly args?: { readonly [name: string]: unknown }
  readonly version?: string
  readonly as?: Principal | undefined
}

const versioned = (name: string, version: string, tags: readonly string[] = []) =>
  tool({ name, version, tags }, () => version)
const plain = (name: string, tags: readonly string[] = []) => tool({ name, tags }, () => name)

const namesOf = async (mcp: FleetMCP) => (await mcp.listTools()).map(({ name }) => name)
const versionOf = async (mcp: FleetMCP) =>
  (await mcp.listTools()).map(({ _meta }) => _meta?.["fleetmcp/version"])[0]
const textOf = async (mcp: FleetMCP, name: string, { args = {}, ...options }: Asked = {}) =>
  ((await mcp.callTool(name, args, options)).content[0] as { text?: string } | undefined)?.text

const serverWith = (rules: readonly Visibility[]) =>
  quietServer({
    transforms: [visibility({ rules })],
    tools: [plain("a", ["x"]), plain("b", ["x", "y"]), plain("c"), versioned("v", "1"), versioned("v", "2")],
  })

describe("visibility()", () => {
  it.each<readonly [string, readonly Visibility[], readonly string[]]>([
    ["hides nothing without rules", [], ["a", "b", "c", "v"]],
    ["hides by tag", [{ hide: { tags: ["x"] } }], ["c", "v"]],
    ["hides by id", [{ hide: { id: ["a", "c"] } }], ["b", "v"]],
    ["hides by kind", [{ hide: { kind: "tool" } }], []],
    ["hides what has all that one rule says", [{ hide: { tags: ["x"], id: "a" } }], ["b", "c", "v"]],
    ["has the last rule decide", [{ hide: { tags: ["x"] } }, { show: { id: "b" } }], ["b", "c", "v"]],
    ["shows only what is named", [{ only: { tags: ["y"] } }], ["b"]],
    ["hides all versions by version", [{ hide: { version: ["1", "v2.0"] } }], ["a", "b", "c"]],
    ["hides by key", [{ hide: { key: "tool:a@" } }], ["b", "c", "v"]],
  ])("%s, in lists and calls alike", async (_, rules, names) => {
    const mcp = serverWith(rules)
    expect(await namesOf(mcp)).toEqual(names)
    for (const name of ["a", "b", "c", "v"]) {
      const called = mcp.callTool(name)
      if (names.includes(name)) await called
      else await expect(called).rejects.toThrow("No tool named")
    }
  })

  it("lets the next version answer where the highest is hidden", async () => {
    const mcp = serverWith([{ hide: { key: "tool:v@2" } }])
    expect([await versionOf(quietServer({ tools: [versioned("v", "1")] })), await textOf(mcp, "v")]).toEqual([
      "1",
      "1",
    ])
    await expect(mcp.callTool("v", {}, { version: "2" })).rejects.toThrow("there are `1`")
  })

  it("is changed while the server runs; only the kinds concerned are told of", async () => {
    const shown = visibility()
    const heard: unknown[] = []
    const catalog = new Catalog((kinds) => void heard.push(kinds))
    const local = new LocalProvider("demo", "error", () => undefined)
    local.add([plain("a"), prompt("p", () => "p")])
    catalog.addProviders([local])
    catalog.addTransform(shown)
    heard.length = 0
    const scope = { principal: undefined, trusted: false }
    const names = async () => (await catalog.list("tool", scope)).map(({ component }) => component.id)
    shown.hide({ id: "a" })
    expect(await names()).toEqual([])
    shown.hide({ id: "a" })
    shown.reset()
    expect(await names()).toEqual(["a"])
    shown.only({ kind: "prompt" })
    expect(await names()).toEqual([])
    shown.show("all")
    expect(heard).toEqual([["tool"], ["tool"], ["tool"], ["tool"]])
    catalog.close()
    shown.hide("all")
    expect(heard).toHaveLength(4)
  })

  it("may differ by caller", async () => {
    const ada = await createPrincipal({ subject: "ada" })
    const own = visibility({
      rules: [{ hide: "all" }],
      for: (principal) => (principal?.subject === "ada" ? [{ show: "all" }] : []),
    })
    const mcp = quietServer({ transforms: [own], tools: [plain("a")] })
    expect(await mcp.listTools({ as: ada })).toHaveLength(1)
    expect(await mcp.listTools({ as: undefined })).toHaveLength(0)
    expect(await textOf(mcp, "a", { as: ada })).toBe("a")
    await expect(mcp.callTool("a", {}, { as: undefined })).rejects.toThrow("No tool named")
  })

  it("lets nobody have anything where it cannot be said who may", async () => {
    const broken = visibility({ for: () => Promise.reject(new Error("no directory")) })
    const mcp = quietServer({ transforms: [broken], tools: [plain("a")] })
    await expect(mcp.listTools({ as: undefined })).rejects.toThrow()
    await expect(mcp.callTool("a", {}, { as: undefined })).rejects.toThrow()
  })

  it.each([
    [{ hide: { key: "tool:add" } }, "End it with `@`"],
    [{ hide: { key: "add@1" } }, "Begin with the kind"],
    [{ hide: {} }, "Say a `kind`"],
    [{ hide: { names: ["a"] } }, "Use `id`."],
    [{ hide: { id: "a" }, show: { id: "b" } }, "Give `{ hide: filter }`"],
    ["a", "Give `{ hide: filter }`"],
  ])("refuses the rule %j", (rule, remedy) => {
    expect(() => visibility({ rules: [rule as never] })).toThrow(remedy)
  })

  it("is bounded", () => {
    const shown = visibility()
    expect(() => {
      for (let at = 0; at < 1001; at++) shown.hide({ id: `t${at}` })
    }).toThrow("a change beyond 1000")
  })
})

describe("versions", () => {
  const version = fc.constantFrom("1", "2", "v2.1", "10", "1.0-beta", "2024-05-01", "2.1.3")

  it("that are listed are those that are called, whatever is hidden, waited for or renamed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          there: fc.uniqueArray(version, { minLength: 1 }),
          hidden: fc.uniqueArray(version),
          isDynamic: fc.boolean(),
          isPrefixed: fc.boolean(),
        }),
        async ({ there, hidden, isDynamic, isPrefixed }) => {
          const tools = there.map((each) => versioned("v", each))
          const provider = defineProvider({
            name: "late",
            list: async (kind) =>
              kind === "tool"
                ? tools.map((each) => ({ component: each, owner: "late", invoke: each.invoke }))
                : [],
          })
          const rules = hidden.map((each) => ({ hide: { key: `tool:v@${each}` } }))
          const mcp = quietServer({
            transforms: [visibility({ rules }), ...(isPrefixed ? [namespace("n")] : [])],
            ...(isDynamic ? { providers: [provider] } : { tools }),
          })
          const name = isPrefixed ? "n_v" : "v"
          const listed = await mcp.listTools()
          const called = await textOf(mcp, name).catch(() => undefined)
          expect(called).toBe(listed[0]?._meta?.["fleetmcp/version"])
          const left = there.filter((each) => !hidden.includes(each))
          expect(called === undefined).toBe(left.length === 0)
          if (left.length > 1) expect(listed[0]?._meta?.["fleetmcp/versions"]).toHaveLength(left.length)
          for (const each of there) {
            const wanted = await textOf(mcp, name, { version: each }).catch(() => undefined)
            expect(wanted).toBe(left.includes(each) ? each : undefined)
          }
        },
      ),
      { numRuns: 80 },
    )
  })

  it("are listed highest first, and wanted as they are written or as they are meant", async () => {
    const mcp = quietServer({ tools: [versioned("v", "v1.0"), versioned("v", "2"), versioned("v", "1.5")] })
    expect((await mcp.listTools())[0]?._meta).toEqual({
      "fleetmcp/version": "2",
      "fleetmcp/versions": ["2", "1.5", "v1.0"],
    })
    expect(await textOf(mcp, "v", { version: "1" })).toBe("v1.0")
    await expect(mcp.callTool("v", {}, { version: "9" })).rejects.toMatchObject({
      code: "UNKNOWN_VERSION",
      data: { versions: ["2", "1.5", "v1.0"] },
    })
    await expect(mcp.callTool("w", {}, { version: "9" })).rejects.toMatchObject({ code: "UNKNOWN_TOOL" })
  })

  it("are of all of one name, or of none", () => {
    const mcp = quietServer({ tools: [plain("a"), versioned("v", "1")] })
    expect(() => mcp.add(versioned("a", "1"))).toThrow(
      "is given a version, and there is one of that name with none",
    )
    expect(() => mcp.add(plain("v"))).toThrow("is given no version, and there is one of that name with one")
    expect(() => mcp.add(plain("n"), versioned("n", "1"))).toThrow("with none")
    expect(() => mcp.add(versioned("n", "1"), plain("n"))).toThrow("with one")
    mcp.remove({ kind: "tool", id: "v", version: "1" })
    mcp.add(plain("v"))
    mcp.remove({ kind: "tool", id: "a", version: undefined })
    mcp.add(versioned("a", "1"))
  })

  it.each(["1@2", "", "x".repeat(129)])("cannot be %j", (version) => {
    expect(() => versioned("v", version)).toThrow("without `@`")
  })
})

describe("versionFilter()", () => {
  it.each([
    [{ from: "2" }, "3", true],
    [{ below: "3" }, "v2.0", true],
    [{ from: "1.5", below: "2" }, undefined, true],
    [{ below: "2", unversioned: false }, "1", false],
  ])("%j leaves %s", async (bounds, left, hasPlain) => {
    const tools = [versioned("v", "1"), versioned("v", "v2.0"), versioned("v", "3"), plain("p")]
    const mcp = quietServer({ transforms: [versionFilter(bounds)], tools })
    expect(await textOf(mcp, "v").catch(() => undefined)).toBe(left)
    expect((await namesOf(mcp)).includes("p")).toBe(hasPlain)
    expect(await namesOf(mcp).then((names) => names.includes("v"))).toBe(left !== undefined)
  })

  it.each([
    [{}, "no bound"],
    [{ from: "2", below: "2.0" }, "not above"],
    [{ gte: "1" }, "Use `from`."],
  ])("refuses %j", (bounds, remedy) => expect(() => versionFilter(bounds as never)).toThrow(remedy))
})

describe("versionArgument()", () => {
  it("lets a model ask for a version of tools that have several, and of no others", async () => {
    const tools = [versioned("v", "1"), versioned("v", "2"), versioned("w", "1"), plain("p")]
    const mcp = quietServer({ transforms: [versionArgument()], tools })
    const listed = await mcp.listTools()
    expect(listed.map(({ inputSchema }) => Object.keys((inputSchema.properties ?? {}) as object))).toEqual([
      ["version"],
      [],
      [],
    ])
    expect(await textOf(mcp, "v")).toBe("2")
    expect(await textOf(mcp, "v", { args: { version: "1" } })).toBe("1")
    expect((await mcp.callTool("v", { version: 7 })).isError).toBe(true)
    expect((await mcp.callTool("w", { version: "1" })).isError).toBe(true)
  })
})
