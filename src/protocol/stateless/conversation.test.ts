import { describe, expect, it, vi } from "vitest"
import { post } from "../../../test/support/post.ts"
import { allCapabilities, type Fields, rpc } from "../../../test/support/rpc.ts"
import { quietServer } from "../../../test/support/server.ts"
import type { Context } from "../../components/context.ts"
import { metaKeys } from "../../spec/meta.ts"

const form = { type: "object", properties: { n: { type: "number" } }, required: ["n"] } as const
const meta = { [metaKeys.clientCapabilities]: allCapabilities }

/** Calls a handler over and over, answering all that it asks with `answer`. */
async function run(handler: (ctx: Context) => unknown, answer: Fields) {
  const mcp = quietServer()
  mcp.tool({ name: "ask" }, (_, ctx) => handler(ctx))
  let params: Fields = { name: "ask" }
  for (let rounds = 1; ; rounds++) {
    const { result } = await post(mcp, rpc("tools/call", params, meta))
    const requests = result?.inputRequests as Fields | undefined
    if (requests === undefined) return { rounds, result }
    const inputResponses = Object.fromEntries(Object.keys(requests).map((key) => [key, answer]))
    params = { name: "ask", inputResponses, requestState: result?.requestState }
  }
}

const accepted = (n: number) => ({ action: "accept", content: { n } })

describe("a key that names two questions", () => {
  const isRepeated = (name: string) => ({
    isError: true,
    content: [{ text: expect.stringContaining(`The key \`${name}\` names two questions`) }],
  })

  it("is an error when they are asked one after the other", async () => {
    const { rounds, result } = await run(async (ctx) => {
      const first = await ctx.elicit("First?", form, { key: "n" })
      const second = await ctx.elicit("Second?", form, { key: "n" })
      return [first, second]
    }, accepted(1))
    expect(rounds).toBe(2)
    expect(result).toMatchObject(isRepeated("n"))
  })

  it("is an error when they are asked together", async () => {
    const { result } = await run(
      (ctx) => Promise.all([ctx.roots({ key: "k" }), ctx.sample("Hi", { key: "k" })]),
      accepted(1),
    )
    expect(result).toMatchObject(isRepeated("k"))
  })

  it("cannot keep a handler asking for ever", async () => {
    const { result } = await run(async (ctx) => {
      for (;;) {
        const answer = await ctx.elicit("More than 5, please", form, { key: "n" })
        if (answer.action === "accept" && answer.data.n > 5) return answer.data.n
      }
    }, accepted(1))
    expect(result).toMatchObject(isRepeated("n"))
  })
})

it("takes the same question without a key for another one each time", async () => {
  const { rounds, result } = await run(async (ctx) => {
    const answers = []
    for (let nth = 0; nth < 3; nth++) answers.push((await ctx.elicit("Next?", form)).action)
    return answers
  }, accepted(1))
  expect(rounds).toBe(4)
  expect(result?.structuredContent).toEqual(["accept", "accept", "accept"])
})

it.each([
  ["roots", { roots: 5 }, (ctx: Context) => ctx.roots({ key: "k" })],
  ["sampling", { role: "assistant" }, (ctx: Context) => ctx.sample("Hi", { key: "k" })],
  ["elicitation", { action: "perhaps" }, (ctx: Context) => ctx.elicit("n?", form, { key: "k" })],
])("refuses %s that came without a state and are no answer", async (_, answer, ask) => {
  const mcp = quietServer({ maskErrors: true })
  const answered = vi.fn()
  mcp.tool({ name: "ask" }, async (_args, ctx) => answered(await ask(ctx)))
  const { error } = await post(mcp, rpc("tools/call", { name: "ask", inputResponses: { k: answer } }, meta))
  expect(error).toMatchObject({ code: -32602, message: expect.stringContaining("`inputResponses.k`") })
  expect(answered).not.toHaveBeenCalled()
})
