import { expect, it } from "vitest"
import * as z from "zod"
import { tool } from "../../src/index.ts"
import { namespace } from "../../src/transforms/namespace.ts"
import { relabel } from "../../src/transforms/relabel.ts"
import { rename } from "../../src/transforms/rename.ts"
import { transformTools } from "../../src/transforms/tool.ts"
import { versionFilter } from "../../src/transforms/version-filter.ts"
import { visibility } from "../../src/transforms/visibility.ts"
import { turn } from "../http/entries.ts"
import { describeEras } from "./eras.ts"

const add = tool({ name: "add", input: z.object({ a: z.number(), b: z.number() }) }, ({ a, b }) => a + b)
const versioned = (version: string) => tool({ name: "v", version }, () => version)

describeEras("transforms", (t) => {
  it("change names, arguments and descriptions in lists and calls", async () => {
    const mcp = t.server({
      transforms: [
        transformTools({ add: { arguments: { a: { name: "left" }, b: { hide: true, default: 2 } } } }),
        rename({ add: "plus" }),
        relabel({ plus: { title: "Sum" } }),
        namespace("math"),
      ],
      tools: [add],
    })
    mcp.resource("notes://{id}", ({ id }) => `note ${id}`)
    const client = await t.connect(mcp)
    const [listed] = await client.listTools()
    expect(listed).toMatchObject({ name: "math_plus", inputSchema: { required: ["left"] } })
    expect(await client.callTool("math_plus", { left: 1 })).toMatchObject({ content: [{ text: "3" }] })
    expect(await client.callTool("math_plus", { left: 1, b: 9 })).toMatchObject({ isError: true })
    await expect(client.callTool("add", { a: 1, b: 2 })).rejects.toThrow("No tool named `add`")
    expect(await client.readResource("notes://math/7")).toMatchObject({
      contents: [{ uri: "notes://math/7" }],
    })
  })

  it("call the version that is left", async () => {
    const mcp = t.server({
      transforms: [versionFilter({ below: "3" })],
      tools: [versioned("1"), versioned("2"), versioned("3")],
    })
    const client = await t.connect(mcp)
    expect((await client.listTools()).map(({ name }) => name)).toEqual(["v"])
    expect(await client.callTool("v")).toMatchObject({ content: [{ text: "2" }] })
  })

  it("that hide something now tell clients of the kinds concerned", async () => {
    const shown = visibility()
    const mcp = t.server({ transforms: [shown], tools: [add] })
    mcp.prompt("plan", () => "Plan")
    const client = await t.connect(mcp)
    const heard: string[] = []
    const all = { toolsListChanged: true, promptsListChanged: true } as const
    await client.listen(all, ({ method }) => void heard.push(method))
    shown.hide({ id: "add" })
    for (let n = 0; n < 10; n++) await turn()
    expect(heard).toEqual(["notifications/tools/list_changed"])
    expect(await client.listTools()).toEqual([])
    await expect(client.callTool("add", { a: 1, b: 2 })).rejects.toThrow("No tool named `add`")
  })
})

describeEras(
  "lists of versions",
  (t) => {
    it("show the one that is called, and name all that the caller may see", async () => {
      const mcp = t.server({
        transforms: [visibility({ rules: [{ hide: { key: "tool:v@3" } }] })],
        tools: [versioned("1"), versioned("2"), versioned("3")],
      })
      expect(await (await t.connect(mcp)).listTools()).toMatchObject([
        { _meta: { "fleetmcp/version": "2", "fleetmcp/versions": ["2", "1"] } },
      ])
    })
  },
  // Tools have no `_meta` before.
  { knows: (revision) => revision >= "2025-06-18" },
)
