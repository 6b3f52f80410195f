import { expect, it } from "vitest"
import { post } from "../../test/support/post.ts"
import { allCapabilities, rpc } from "../../test/support/rpc.ts"
import { quietServer } from "../../test/support/server.ts"
import { unhandledDuring } from "../../test/support/unhandled.ts"
import type { Context } from "../components/context.ts"
import { metaKeys } from "../spec/meta.ts"

const form = { type: "object", properties: { name: { type: "string" } } } as const

it.each<[string, (ctx: Context) => unknown]>([
  ["elicit", (ctx) => ctx.elicit("Your name?", form)],
  ["elicitUrl", (ctx) => ctx.elicitUrl("Please pay", "https://pay.test")],
  ["sample", (ctx) => ctx.sample("Say hi")],
  ["roots", (ctx) => ctx.roots()],
  ["callTool", (ctx) => ctx.callTool("missing")],
  ["readResource", (ctx) => ctx.readResource("docs://missing")],
  ["getPrompt", (ctx) => ctx.getPrompt("missing")],
])("survives a handler that does not wait for ctx.%s", async (_, start) => {
  const mcp = quietServer()
  mcp.tool({ name: "careless" }, async (_args, ctx) => {
    start(ctx)
    return "done"
  })
  const stray = await unhandledDuring(async () => {
    for (const capabilities of [allCapabilities, {}]) {
      const meta = { [metaKeys.clientCapabilities]: capabilities }
      const { result } = await post(mcp, rpc("tools/call", { name: "careless" }, meta))
      expect(result?.content).toEqual([{ type: "text", text: "done" }])
    }
  })
  expect(stray).toEqual([])
})
