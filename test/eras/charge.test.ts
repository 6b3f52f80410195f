import { describe, expect, it } from "vitest"
import * as z from "zod"
import type { FleetMCP, FleetMCPOptions, StepInfo } from "../../src/index.ts"
import { features } from "../../src/spec/features.ts"
import { memoryStorage } from "../../src/storage/memory.ts"
import { accept, answerAll, retry } from "../support/asking.ts"
import { resultOf } from "../support/post.ts"
import { call, capable, type Fields } from "../support/rpc.ts"
import { quietServer } from "../support/server.ts"
import { describeEras } from "./eras.ts"

const secrets = ["a secret that nobody has ever guessed"]
const order = { name: "order", input: z.object({ amount: z.int() }) }

/** What charges a card, and how often it did. */
class Card {
  readonly charges: number[] = []

  charge(amount: number, _info: StepInfo): { readonly receipt: number } {
    this.charges.push(amount)
    return { receipt: this.charges.length }
  }
}

/** Adds the tool that asks three questions and charges a card. */
function sell(mcp: FleetMCP, card: Card): void {
  mcp.tool(order, async ({ amount }, ctx) => {
    const name = await ctx.elicit("Your name?", z.object({ name: z.string() }))
    const size = await ctx.elicit("Which size?", z.object({ size: z.enum(["s", "m"]) }))
    const sure = await ctx.elicit(`Pay ${amount}?`, z.object({}))
    if (name.action !== "accept" || size.action !== "accept" || sure.action !== "accept") return "Not ordered"
    const { receipt } = await ctx.step("charge", (info) => card.charge(amount, info))
    return `${name.data.name} ordered ${size.data.size}: receipt ${receipt}`
  })
}

const content = { "Your name?": { name: "Ada" }, "Which size?": { size: "m" }, "Pay 5?": {} }
const answerTo = (message: unknown) => accept(content[message as keyof typeof content])
const ordered = "Ada ordered m: receipt 1"

describeEras(
  "a tool that asks three questions",
  (t) => {
    it("charges a card once", async () => {
      const card = new Card()
      const mcp = t.server()
      sell(mcp, card)
      const client = await t.connect(mcp, {
        elicitation: ({ message }) => ({
          action: "accept",
          content: content[message as keyof typeof content],
        }),
      })
      expect(await client.callTool("order", { amount: 5 })).toMatchObject({ content: [{ text: ordered }] })
      expect(card.charges).toEqual([5])
    })

    it("charges nothing when the last answer is no", async () => {
      const card = new Card()
      const mcp = t.server()
      sell(mcp, card)
      const client = await t.connect(mcp, {
        elicitation: ({ message }) =>
          message === "Pay 5?"
            ? { action: "decline" }
            : { action: "accept", content: content[message as keyof typeof content] },
      })
      expect(await client.callTool("order", { amount: 5 })).toMatchObject({
        content: [{ text: "Not ordered" }],
      })
      expect(card.charges).toEqual([])
    })
  },
  { knows: (revision) => features[revision].elicitation.includes("form") },
)

describe("a tool that asks three questions, of a client without a session,", () => {
  const first = call("order", { amount: 5 }, capable())
  const next = (result: Fields) =>
    retry(
      first,
      result,
      answerAll(result, ({ params }) => answerTo(params.message)),
    )

  function shop(card: Card, options: FleetMCPOptions = {}): FleetMCP {
    const mcp = quietServer({ secrets, ...options })
    sell(mcp, card)
    return mcp
  }

  it("charges a card once through restarts between all rounds", async () => {
    const card = new Card()
    let request = first
    for (;;) {
      const mcp = shop(card)
      const result = await resultOf(mcp, request)
      await mcp.close()
      if (result.resultType !== "input_required") {
        expect(result).toMatchObject({ content: [{ text: ordered }] })
        break
      }
      request = next(result)
    }
    expect(card.charges).toEqual([5])
  })

  it("charges a card once while two replicas answer alternate rounds", async () => {
    const card = new Card()
    const storage = memoryStorage()
    const both = [shop(card, { storage }), shop(card, { storage })]
    let result: Fields = await resultOf(both[0] as FleetMCP, first)
    for (let round = 1; result.resultType === "input_required"; round++)
      result = await resultOf(both[round % 2] as FleetMCP, next(result))
    expect(result).toMatchObject({ content: [{ text: ordered }] })
    expect(card.charges).toEqual([5])
  })

  it("charges a card once though every round is sent several times to both replicas at once", async () => {
    const card = new Card()
    const storage = memoryStorage()
    const both = [shop(card, { storage }), shop(card, { storage })]
    let result: Fields = await resultOf(both[0] as FleetMCP, first)
    while (result.resultType === "input_required") {
      const request = next(result)
      const results = await Promise.all([...both, ...both].map((mcp) => resultOf(mcp, request)))
      for (const { resultType, content } of results)
        expect([resultType, content]).toEqual([results[0]?.resultType, results[0]?.content])
      // Each of them has a state of its own, and all are good.
      result = results.at(-1) as Fields
    }
    expect(result).toMatchObject({ content: [{ text: ordered }] })
    expect(card.charges).toEqual([5])
  })
})
