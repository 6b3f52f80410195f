import { expect, it } from "vitest"
import * as z from "zod"
import type { FleetMCP, StepInfo } from "../../src/index.ts"
import type { Reply } from "../../src/protocol/transport.ts"
import { features } from "../../src/spec/features.ts"
import { isStateless } from "../../src/spec/revisions.ts"
import { memoryStorage } from "../../src/storage/memory.ts"
import type { StorageDriver } from "../../src/storage/storage.ts"
import type { ElicitationHandler } from "../../src/testing/index.ts"
import { describeEras } from "./eras.ts"
import { again, goesOn, readReply, routed } from "./routing.ts"

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
const ordered = "Ada ordered m: receipt 1"
const elicitation: ElicitationHandler = ({ message }) => ({
  action: "accept",
  content: content[message as keyof typeof content],
})

describeEras(
  "a tool that asks three questions",
  (t) => {
    it("charges a card once", async () => {
      const card = new Card()
      const mcp = t.server()
      sell(mcp, card)
      const client = await t.connect(mcp, { elicitation })
      expect(await client.callTool("order", { amount: 5 })).toMatchObject({ content: [{ text: ordered }] })
      expect(card.charges).toEqual([5])
    })

    it("charges nothing when the last answer is no", async () => {
      const card = new Card()
      const mcp = t.server()
      sell(mcp, card)
      const client = await t.connect(mcp, {
        elicitation: (asked) => (asked.message === "Pay 5?" ? { action: "decline" } : elicitation(asked)),
      })
      expect(await client.callTool("order", { amount: 5 })).toMatchObject({
        content: [{ text: "Not ordered" }],
      })
      expect(card.charges).toEqual([])
    })
  },
  { knows: (revision) => features[revision].elicitation.includes("form") },
)

describeEras(
  "a tool that asks three questions, of servers that share a storage,",
  (t) => {
    /** Opens another branch of a shop. */
    async function branch(card: Card, storage: StorageDriver) {
      const mcp = t.server({ secrets, storage })
      sell(mcp, card)
      return { mcp, handler: (await t.reach(mcp)).handler }
    }

    it("charges a card once though each round is answered by a server that was just started", async () => {
      const card = new Card()
      const storage = memoryStorage()
      const target = routed(async (request, channel) => {
        const { mcp, handler } = await branch(card, storage)
        const reply = await handler.handle(request, channel)
        await mcp.close()
        return reply
      })
      const client = await t.connectTo(target, { elicitation })
      expect(await client.callTool("order", { amount: 5 })).toMatchObject({ content: [{ text: ordered }] })
      expect(card.charges).toEqual([5])
    })

    it("charges a card once while they answer alternate rounds", async () => {
      const card = new Card()
      const storage = memoryStorage()
      const both = [await branch(card, storage), await branch(card, storage)] as const
      let round = 0
      const target = routed((request, channel) => both[round++ % 2 ? 1 : 0].handler.handle(request, channel))
      const client = await t.connectTo(target, { elicitation })
      expect(await client.callTool("order", { amount: 5 })).toMatchObject({ content: [{ text: ordered }] })
      expect(card.charges).toEqual([5])
    })

    it("charges a card once though every round is sent several times to both at once", async () => {
      const card = new Card()
      const storage = memoryStorage()
      const both = [await branch(card, storage), await branch(card, storage)] as const
      const target = routed(async (request, channel) => {
        if (!goesOn(request)) return both[0].handler.handle(request, channel)
        const requests = [request, ...[1, 2, 3].map((nth) => again(request, nth))]
        const replies = await Promise.all(
          requests.map((each, nth) => both[nth % 2 ? 1 : 0].handler.handle(each, channel)),
        )
        const results = replies.map((reply) => readReply(reply).result)
        for (const result of results) {
          expect([result?.resultType, result?.content]).toEqual([results[0]?.resultType, results[0]?.content])
        }
        return replies[0] as Reply
      })
      const client = await t.connectTo(target, { elicitation })
      expect(await client.callTool("order", { amount: 5 })).toMatchObject({ content: [{ text: ordered }] })
      expect(card.charges).toEqual([5])
    })
  },
  { knows: isStateless },
)
