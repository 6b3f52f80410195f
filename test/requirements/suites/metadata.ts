import { describe, expect } from "vitest"
import { icon } from "../../../src/components/icon.ts"
import { ToolResult } from "../../../src/components/result.ts"
import { tool } from "../../../src/components/tool.ts"
import { resultOf } from "../../support/post.ts"
import { call, rpc } from "../../support/rpc.ts"
import { quietServer } from "../../support/server.ts"
import { requirement } from "../register.ts"

/** The whole text of a result. */
function textOf(result: { readonly content?: unknown }): string {
  return (result.content as readonly { readonly text: string }[]).map(({ text }) => text).join("\n")
}

const png = "data:image/png;base64,iVBORw0KGgo="

describe("`_meta`, icons and names", () => {
  const meta = (key: string) => ({ name: "x", meta: { [key]: 1 } })

  for (const key of ["a b/c", "1a.b/c", "a-/c", "/c", "a..b/c", "a/b/c", "-c", "c-", "com.example/-x"]) {
    requirement("S-120", `refuses the \`_meta\` key \`${key}\``, () => {
      expect(() => tool(meta(key), () => 1)).toThrow("is malformed")
    })
  }

  for (const key of ["com.example/note", "c", "a.b-c.d/x_y.z-1", "com.example/"]) {
    requirement("S-120", `takes the \`_meta\` key \`${key}\` and sends it`, async () => {
      const mcp = quietServer({ tools: [tool(meta(key), () => 1)] })
      expect(await resultOf(mcp, rpc("tools/list"))).toMatchObject({ tools: [{ _meta: { [key]: 1 } }] })
    })
  }

  const reserved = [
    "io.modelcontextprotocol/x",
    "dev.mcp/x",
    "org.modelcontextprotocol.api/x",
    "com.mcp.tools/x",
    "tools.mcp.com/x",
    "mcp.dev/x",
    "IO.ModelContextProtocol/x",
  ]
  for (const key of reserved) {
    requirement("S-121 S-122", `leaves the \`_meta\` key \`${key}\` to no author`, () => {
      expect(() => tool(meta(key), () => 1)).toThrow("is reserved")
      expect(() => new ToolResult({ content: "x", meta: { [key]: 1 } })).toThrow("is reserved")
    })
  }

  requirement("S-124", "shows icons of the server and of every kind of component", async () => {
    const icons = [icon(png, { sizes: ["16x16"], theme: "dark" }), "https://example.com/a.png"]
    const mcp = quietServer({ icons, title: "A test", websiteUrl: "https://example.com" })
    mcp.tool({ name: "a", icons }, () => 1)
    mcp.prompt({ name: "b", icons }, () => "x")
    mcp.resource({ uri: "a://b", icons }, () => "x")
    mcp.resource({ uri: "a://{b}", icons }, () => "x")
    const wire = [{ src: png, sizes: ["16x16"], theme: "dark" }, { src: "https://example.com/a.png" }]
    const info = (await resultOf(mcp, rpc("server/discover")))._meta
    expect(Object.values(info as object)).toMatchObject([{ title: "A test", icons: wire }])
    expect(await resultOf(mcp, rpc("tools/list"))).toMatchObject({ tools: [{ icons: wire }] })
    expect(await resultOf(mcp, rpc("prompts/list"))).toMatchObject({ prompts: [{ icons: wire }] })
    expect(await resultOf(mcp, rpc("resources/list"))).toMatchObject({ resources: [{ icons: wire }] })
    const templates = await resultOf(mcp, rpc("resources/templates/list"))
    expect(templates).toMatchObject({ resourceTemplates: [{ icons: wire }] })
  })

  for (const src of ["http://example.com/a.png", "file:///a.png", "javascript:alert(1)", "a.png"]) {
    requirement("S-124", `refuses the icon ${src}`, () => {
      expect(() => icon(src)).toThrow("icon")
    })
  }

  requirement("S-126", "hands the trace of a request to handlers and writes none itself", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "trace" }, (_, ctx) => ({ seen: ctx.request.meta?.traceparent }))
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    const result = await resultOf(mcp, call("trace", {}, { traceparent }))
    expect(result.structuredContent).toEqual({ seen: traceparent })
    expect(Object.keys(result._meta as object)).not.toContain("traceparent")
  })

  requirement("S-127", "names a tool by its title, its annotation, or its name", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "a_tool", title: "One", annotations: { title: "Two" } }, () => 1)
    mcp.tool({ name: "b_tool", annotations: { title: "Two" } }, () => 1)
    mcp.tool({ name: "c_tool" }, () => 1)
    const { tools } = await resultOf(mcp, rpc("tools/list"))
    expect(tools).toMatchObject([{ title: "One" }, { title: "Two" }, { title: "C Tool" }])
  })

  for (const name of ["", " ", "a b", "a,b", "a/b", "é", "a\n", "x".repeat(129)]) {
    requirement("S-150", `refuses the tool name ${JSON.stringify(name.slice(0, 10))}`, () => {
      expect(() => tool({ name }, () => 1)).toThrow("name")
    })
  }

  requirement("S-150", "tells tools apart by case, and refuses one name twice", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "Add" }, () => "upper")
    mcp.tool({ name: "add" }, () => "lower")
    expect(textOf(await resultOf(mcp, call("Add")))).toBe("upper")
    expect(() => mcp.tool({ name: "add" }, () => "again")).toThrow("registered already")
  })
})
