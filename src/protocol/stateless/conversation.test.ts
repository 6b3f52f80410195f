import { describe, expect, it, vi } from "vitest"
import { accept, answerAll, messagesOf, retry } from "../../../test/support/asking.ts"
import { asking, number, play, request } from "../../../test/support/playing.ts"
import { errorOf, post, resultOf } from "../../../test/support/post.ts"
import { allCapabilities, type Fields, rpc } from "../../../test/support/rpc.ts"
import { quietServer } from "../../../test/support/server.ts"
import type { Context } from "../../components/context.ts"
import { inputRequired } from "../../components/input-required.ts"
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

describe("the questions of one turn", () => {
  it("go out together, also when a few promises come between them", async () => {
    const { mcp } = asking(async (ctx) => {
      const later = async (message: string) => {
        await Promise.resolve()
        await Promise.resolve()
        return number(ctx, message)
      }
      return Promise.all([number(ctx, "a"), later("b"), number(ctx, "c")])
    })
    const { rounds, result } = await play(mcp)
    expect(rounds.map((round) => [...round].sort())).toEqual([["a", "b", "c"]])
    expect(result.structuredContent).toHaveLength(3)
  })

  it("leave out those that were answered before", async () => {
    const { mcp } = asking(async (ctx) => {
      const a = await number(ctx, "a")
      return [a, ...(await Promise.all([number(ctx, "b"), number(ctx, "c")]))]
    })
    const { rounds, result } = await play(mcp)
    expect(rounds).toEqual([["a"], ["b", "c"]])
    expect(result.structuredContent).toEqual([1, 2, 3])
  })

  it("keep apart what comes in a later turn", async () => {
    const turn = () => new Promise((resolve) => setImmediate(resolve))
    const { mcp } = asking(async (ctx) => {
      const [a, b] = await Promise.all([
        number(ctx, "a"),
        turn()
          .then(turn)
          .then(() => number(ctx, "b")),
      ])
      return [a, b]
    })
    const { rounds, result } = await play(mcp)
    expect(rounds).toEqual([["a"], ["b"]])
    expect(result.structuredContent).toEqual([1, 2])
  })
})

describe("an answer", () => {
  it("finds its question whatever the order of parallel branches", async () => {
    let round = 0
    const { mcp } = asking(async (ctx) => {
      const names = ["a", "b", "c"]
      if (round++ % 2 === 1) names.reverse()
      const entries = await Promise.all(
        names.map(async (name) => [
          name,
          await number(ctx, `first ${name}`),
          await number(ctx, `second ${name}`),
        ]),
      )
      return entries.sort()
    })
    const { rounds, result } = await play(mcp)
    expect(rounds).toHaveLength(2)
    expect(result.structuredContent).toEqual([
      ["a", 1, 6],
      ["b", 2, 5],
      ["c", 3, 4],
    ])
  })

  it("belongs to the n-th of several identical questions", async () => {
    const { mcp } = asking(async (ctx) => {
      const first = await number(ctx, "again?")
      const rest = await Promise.all([number(ctx, "again?"), number(ctx, "again?")])
      return [first, ...rest]
    })
    expect((await play(mcp)).result.structuredContent).toEqual([1, 2, 3])
  })

  it("stays with a key when the question is worded anew", async () => {
    const { mcp } = asking(async (ctx) => number(ctx, `It is ${Math.random()}. How many?`, { key: "many" }))
    expect((await play(mcp)).result.structuredContent).toBe(1)
  })

  it("is the same when a round is sent twice, at once", async () => {
    const { mcp } = asking(async (ctx) => (await number(ctx, "a")) + (await number(ctx, "b")))
    const first = await resultOf(mcp, request)
    const again = () =>
      retry(
        request,
        first,
        answerAll(first, () => accept({ n: 5 })),
      )
    const [one, two] = await Promise.all([resultOf(mcp, again()), resultOf(mcp, again())])
    expect(one.inputRequests).toEqual(two.inputRequests)
    expect(one.requestState).not.toBe(two.requestState)
  })

  it("need not be given again: the state remembers it", async () => {
    const { mcp } = asking(async (ctx) => [await number(ctx, "a"), await number(ctx, "b")])
    const first = await resultOf(mcp, request)
    const second = await resultOf(
      mcp,
      retry(
        request,
        first,
        answerAll(first, () => accept({ n: 1 })),
      ),
    )
    const third = await resultOf(mcp, retry(request, second, {}))
    expect(messagesOf(third)).toEqual(["b"])
    const done = await resultOf(
      mcp,
      retry(
        request,
        third,
        answerAll(third, () => accept({ n: 2 })),
      ),
    )
    expect(done.structuredContent).toEqual([1, 2])
  })
})

describe("a run that does not ask what was answered", () => {
  it("is told both questions and what to do", async () => {
    let round = 0
    const { mcp } = asking((ctx) => number(ctx, `Question ${++round}?`))
    const first = await resultOf(mcp, request)
    const error = await errorOf(
      mcp,
      retry(
        request,
        first,
        answerAll(first, () => accept({ n: 1 })),
      ),
    )
    expect(error).toMatchObject({ status: 200, code: -32603 })
    expect(error.message).toMatch(/`Question 1\?`.*`Question 2\?`.*\{ key \}/)
  })

  it("is fine when it asks nothing at all", async () => {
    const { mcp } = asking((ctx) => (ctx.request.round === 0 ? number(ctx, "a") : "done"))
    expect((await play(mcp)).result).toMatchObject({ content: [{ text: "done" }] })
  })

  it("is fine after an explicit question, whose answers it takes by key", async () => {
    const { mcp } = asking((ctx) => {
      if (ctx.inputResponses !== undefined) return number(ctx, "then?")
      const params = { mode: "form", message: "first?", requestedSchema: form } as const
      return inputRequired({ requests: { first: { method: "elicitation/create", params } } })
    })
    const { rounds, result } = await play(mcp)
    expect([rounds, result.structuredContent]).toEqual([[["first?"], ["then?"]], 2])
  })

  it("is fine when it still asks one of several", async () => {
    const { mcp } = asking((ctx) =>
      ctx.request.round === 0
        ? Promise.all([number(ctx, "a"), number(ctx, "b")])
        : number(ctx, "b").then(() => number(ctx, "c")),
    )
    expect((await play(mcp)).rounds).toEqual([["a", "b"], ["c"]])
  })
})
