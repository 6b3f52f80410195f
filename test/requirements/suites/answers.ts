import { describe, expect } from "vitest"
import { accept, retry } from "../../support/asking.ts"
import { ada, greet, greeter, person, refused } from "../../support/greeter.ts"
import { errorOf, post, resultOf } from "../../support/post.ts"
import { call, capable } from "../../support/rpc.ts"
import { quietServer } from "../../support/server.ts"
import { requirement } from "../register.ts"

describe("answers", () => {
  for (const responses of [undefined, {}, { other: accept({ name: "Eve" }) }]) {
    requirement("S-247", `that are missing in ${JSON.stringify(responses)} are asked for again`, async () => {
      const mcp = greeter()
      const asked = await resultOf(mcp, greet)
      const again = await resultOf(mcp, retry(greet, asked, responses))
      expect(again).toMatchObject({ resultType: "input_required", inputRequests: { who: {} } })
      expect(await resultOf(mcp, retry(greet, again, ada))).toMatchObject({
        content: [{ text: "Hello Ada" }],
      })
    })
  }

  requirement("S-247", "nobody asked for are ignored", async () => {
    const mcp = greeter()
    const asked = await resultOf(mcp, greet)
    const responses = { ...ada, extra: "anything", __proto__: 1, toString: accept() }
    expect(await resultOf(mcp, retry(greet, asked, responses))).toMatchObject({
      content: [{ text: "Hello Ada" }],
    })
  })

  requirement("S-247", "that come without a state are taken for a first round's", async () => {
    const mcp = greeter()
    expect(await resultOf(mcp, retry(greet, undefined, ada))).toMatchObject({
      content: [{ text: "Hello Ada" }],
    })
  })

  const malformed: readonly unknown[] = [
    12345,
    null,
    [],
    "x",
    { who: 12345 },
    { who: null },
    { who: [] },
    { who: {} },
    { who: { action: "yes" } },
    { who: { action: "accept", content: "Ada" } },
    { who: { action: "accept", content: { name: 5 } } },
    { who: { action: "accept" } },
  ]
  for (const responses of malformed) {
    requirement("S-248", `of ${JSON.stringify(responses)} are -32602`, async () => {
      const mcp = greeter()
      const asked = await resultOf(mcp, greet)
      expect(await errorOf(mcp, retry(greet, asked, responses))).toMatchObject(refused)
    })

    requirement(
      "S-248",
      `of ${JSON.stringify(responses)} without a state never complete a call`,
      async () => {
        const { result } = await post(greeter(), retry(greet, undefined, responses))
        expect(result?.resultType).not.toBe("complete")
      },
    )
  }

  const others: readonly (readonly [ask: "sample" | "roots" | "url", answer: unknown])[] = [
    ["sample", {}],
    ["sample", { role: "assistant" }],
    ["roots", {}],
    ["roots", { roots: "x" }],
    ["url", { action: "maybe" }],
  ]
  for (const [ask, answer] of others) {
    requirement("S-248", `to ${ask} of ${JSON.stringify(answer)} are -32602`, async () => {
      const mcp = quietServer()
      mcp.tool({ name: "ask" }, async (_, ctx) => {
        if (ask === "sample") await ctx.sample("Hello", { key: "k" })
        if (ask === "roots") await ctx.roots({ key: "k" })
        if (ask === "url") await ctx.elicitUrl("Pay", "https://example.com", { key: "k" })
      })
      const request = call("ask", {}, capable())
      const asked = await resultOf(mcp, request)
      expect(await errorOf(mcp, retry(request, asked, { k: answer }))).toMatchObject(refused)
      const { result } = await post(mcp, retry(request, undefined, { k: answer }))
      expect(result?.resultType).not.toBe("complete")
    })
  }

  for (const action of ["accept", "decline", "cancel"]) {
    requirement("S-269", `of ${action} reach the handler`, async () => {
      const mcp = quietServer()
      mcp.tool({ name: "ask" }, async (_, ctx) => {
        const form = await ctx.elicit("Who?", person, { key: "a" })
        const url = await ctx.elicitUrl("Pay", "https://example.com", { key: "b" })
        return [form, url]
      })
      const request = call("ask", {}, capable())
      const content = action === "accept" ? { content: { name: "Ada" } } : {}
      const first = await resultOf(mcp, request)
      const second = await resultOf(mcp, retry(request, first, { a: { action, ...content } }))
      const { structuredContent } = await resultOf(mcp, retry(request, second, { b: { action } }))
      const data = action === "accept" ? { data: { name: "Ada" } } : {}
      expect(structuredContent).toEqual([{ action, ...data }, { action }])
    })
  }

  requirement("S-269 S-247", "that never come leave nothing running", async () => {
    const mcp = greeter()
    await resultOf(mcp, greet)
    const closing = mcp.close({ graceMs: 100_000 })
    await expect(closing).resolves.toBeUndefined()
  })
})
