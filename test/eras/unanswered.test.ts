import { expect, it } from "vitest"
import * as z from "zod"
import { isStateless } from "../../src/spec/revisions.ts"
import { deferred } from "../http/server.ts"
import { describeEras } from "./eras.ts"
import { places } from "./places.ts"
import { everyTransport } from "./transports.ts"

const forgetful = everyTransport.filter(({ kind }) => kind === "http without sessions")

describeEras(
  "a question to a client without a session",
  (t) => {
    it.each(places)("fails with the remedy, in a $name", async ({ add, call }) => {
      const mcp = t.server()
      add(mcp, async (ctx) => (await ctx.sample("Who are you?")).text)
      expect(await call(await t.connect(mcp, { sampling: () => "Ada" }))).toContain(
        "`sampling/createMessage` needs a session",
      )
    })
  },
  { knows: (revision) => !isStateless(revision), over: forgetful },
)

describeEras(
  "a question that is never answered",
  (t) => {
    it.each(places)("fails after the time for answers, in a $name", async ({ add, call }) => {
      const mcp = t.server({ askTimeout: 20 })
      add(mcp, async (ctx) => (await ctx.sample("Who are you?")).text)
      const client = await t.connect(mcp, { sampling: () => new Promise(() => undefined) })
      expect(await call(client)).toContain("did not answer `sampling/createMessage` within 20 ms")
    })
  },
  { knows: (revision) => !isStateless(revision) },
)

describeEras("an outcome of middleware that never asks anything", (t) => {
  it("does not run the call forever", async () => {
    let runs = 0
    const mcp = t.server({
      middleware: [
        {
          callTool() {
            runs++
            return { kind: "input-required", requests: undefined, continuation: undefined }
          },
        },
      ],
    })
    mcp.tool({ name: "busy" }, () => "done")
    const client = await t.connect(mcp)
    await expect(client.callTool("busy")).rejects.toThrow("in more than 10 rounds")
    expect(runs).toBe(11)
  })
})

describeEras(
  "a question whose handler no longer waits for it",
  (t) => {
    it.each(places)("is withdrawn, in a $name", async ({ add, call }) => {
      const mcp = t.server()
      const asked = deferred<void>()
      add(mcp, async (ctx) =>
        Promise.race([ctx.sample("?").then(({ text }) => text), asked.promise.then(() => "enough")]),
      )
      const heard: string[] = []
      const client = await t.connect(mcp, {
        sampling: () => {
          asked.resolve()
          return new Promise(() => undefined)
        },
        onNotification: ({ method }) => heard.push(method),
      })
      expect([await call(client), heard]).toEqual(["enough", ["notifications/cancelled"]])
    })
  },
  { knows: (revision) => !isStateless(revision) },
)

describeEras(
  "a handler that runs again for each answer",
  (t) => {
    const elicitation = () => ({ action: "accept", content: { value: true } }) as const

    it.each(places)("may not ask in more than ten rounds, in a $name", async ({ add, call }) => {
      const mcp = t.server()
      add(mcp, async (ctx) => {
        for (let n = 0; n < 11; n++) await ctx.elicit(`Question ${n}?`, z.boolean())
        return "asked"
      })
      expect(await call(await t.connect(mcp, { elicitation, maxRounds: 20 }))).toContain(
        "more than 10 rounds",
      )
    })

    it.each(places)("may not ask something else instead, in a $name", async ({ add, call }) => {
      let runs = 0
      const mcp = t.server()
      add(mcp, async (ctx) =>
        JSON.stringify(await ctx.elicit(`It is ${++runs} o'clock. Go on?`, z.boolean())),
      )
      expect(await call(await t.connect(mcp, { elicitation }))).toContain("`It is 2 o'clock. Go on?` instead")
    })
  },
  { knows: isStateless },
)
