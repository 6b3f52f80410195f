import { describe, expect, it, onTestFinished, vi } from "vitest"
import * as z from "zod"
import { type Context, createPrincipal, type FleetMCPOptions } from "../../src/index.ts"
import type { MessageHandler, Reply } from "../../src/protocol/transport.ts"
import { features } from "../../src/spec/features.ts"
import { isStateless } from "../../src/spec/revisions.ts"
import { describeEras, type EraTools } from "./eras.ts"
import { type Place, places } from "./places.ts"
import { again, goesOn, type Request, readReply, routed } from "./routing.ts"
import { transports } from "./transports.ts"

const secrets = ["a secret that nobody has ever guessed"]
const elicitation = () => ({ action: "accept", content: {} }) as const

/** A handler that asks once, in one place or several, and how often it ran. */
async function asking(t: EraTools, where: readonly Place[], options: FleetMCPOptions = {}) {
  const run = vi.fn(async (ctx: Context) => (await ctx.elicit("Go on?", z.object({}))).action)
  const mcp = t.server({ secrets, ...options })
  for (const place of where) place.add(mcp, run)
  return { run, handler: (await t.reach(mcp)).handler }
}

/** Connects a client whose later rounds are changed on the way. */
function meddling(t: EraTools, handler: MessageHandler, change: (request: Request) => Request) {
  const target = routed((request, channel) =>
    handler.handle(goesOn(request) ? change(request) : request, channel),
  )
  return t.connectTo(target, { elicitation })
}

const withParams = (request: Request, params: object): Request => ({
  ...request,
  params: { ...request.params, ...params },
})

describeEras(
  "a later round",
  (t) => {
    describe.each(places)("in a $name", (place) => {
      it("goes on with the call", async () => {
        const { run, handler } = await asking(t, [place])
        expect(await place.call(await meddling(t, handler, (request) => request))).toBe("accept")
        expect(run).toHaveBeenCalledTimes(2)
      })

      it("is refused before the handler runs, where a character of its state was changed", async () => {
        const { run, handler } = await asking(t, [place])
        const client = await meddling(t, handler, (request) => {
          const { requestState = "" } = request.params
          const other = requestState[40] === "A" ? "B" : "A"
          return withParams(request, {
            requestState: requestState.slice(0, 40) + other + requestState.slice(41),
          })
        })
        expect(await place.call(client)).toContain("`requestState` cannot be used")
        expect(run).toHaveBeenCalledTimes(1)
      })

      it("is refused before the handler runs, where its state is that of another call", async () => {
        const [other] = places.filter(({ name }) => name !== place.name) as [Place]
        const { run, handler } = await asking(t, [place, other])
        let requestState: unknown
        const known = await meddling(t, handler, (request) => {
          requestState = request.params.requestState
          return request
        })
        await other.call(known)
        const client = await meddling(t, handler, (request) => withParams(request, { requestState }))
        run.mockClear()
        expect(await place.call(client)).toContain("`requestState` cannot be used")
        expect(run).toHaveBeenCalledTimes(1)
      })

      it("is refused before the handler runs, where it comes too late", async () => {
        vi.useFakeTimers({ toFake: ["Date"] })
        onTestFinished(() => void vi.useRealTimers())
        const { run, handler } = await asking(t, [place])
        const client = await meddling(t, handler, (request) => {
          vi.setSystemTime(Date.now() + 600_001)
          return request
        })
        expect(await place.call(client)).toContain("`requestState` cannot be used: it has expired")
        expect(run).toHaveBeenCalledTimes(1)
      })

      it("is refused before the handler runs, by a server with another secret", async () => {
        const here = await asking(t, [place])
        const there = await asking(t, [place], { secrets: ["another secret that nobody has guessed"] })
        const target = routed((request, channel) =>
          (goesOn(request) ? there : here).handler.handle(request, channel),
        )
        const client = await t.connectTo(target, { elicitation })
        expect(await place.call(client)).toContain("`requestState` cannot be used")
        expect(there.run).not.toHaveBeenCalled()
      })

      it("is answered once where its answer counts once", async () => {
        const run = vi.fn()
        const mcp = t.server({ secrets })
        place.add(mcp, async (ctx) => {
          const { action } = await ctx.elicit("Vote?", z.object({}), { once: true })
          run()
          return action
        })
        const { handler } = await t.reach(mcp)
        const replies: Reply[] = []
        const target = routed(async (request, channel) => {
          const reply = await handler.handle(request, channel)
          if (goesOn(request)) replies.push(await handler.handle(again(request, 1), channel))
          return reply
        })
        expect(await place.call(await t.connectTo(target, { elicitation }))).toBe("accept")
        expect(replies.map((reply) => readReply(reply).error)).toMatchObject([{ code: -32602 }])
        expect(run).toHaveBeenCalledTimes(1)
      })

      it("carries a handle only, where there is much to remember", async () => {
        const mcp = t.server({ secrets })
        place.add(mcp, async (ctx) => {
          const long = await ctx.elicit("Your life?", z.string())
          const { action } = await ctx.elicit("Really?", z.object({}))
          return long.action === "accept" ? `${long.data.length} ${action}` : action
        })
        const { handler } = await t.reach(mcp)
        const states: unknown[] = []
        const target = routed((request, channel) => {
          states.push(request.params.requestState)
          return handler.handle(request, channel)
        })
        const life = () => ({ action: "accept", content: { value: "x".repeat(20_000) } }) as const
        expect(await place.call(await t.connectTo(target, { elicitation: life }))).toBe("20000 accept")
        expect(states.at(-1)).toMatch(/^\S{20,60}$/)
      })
    })

    it.each(places.filter(({ name }) => name !== "resource"))(
      "is refused before the handler runs, where the arguments of the $name were changed",
      async (place) => {
        const { run, handler } = await asking(t, [place])
        const client = await meddling(t, handler, (request) =>
          withParams(request, { arguments: { more: "than before" } }),
        )
        expect(await place.call(client)).toContain("`requestState` cannot be used")
        expect(run).toHaveBeenCalledTimes(1)
      },
    )
  },
  { knows: isStateless },
)

describeEras(
  "a later round of somebody else",
  (t) => {
    it.each(places)("is refused before the handler runs, in a $name", async (place) => {
      const [ada, bob] = await Promise.all(["ada", "bob"].map((subject) => createPrincipal({ subject })))
      let who = ada as NonNullable<typeof ada>
      const { run, handler } = await asking(t, [place], { auth: { authenticate: () => who } })
      const client = await meddling(t, handler, (request) => {
        who = bob as NonNullable<typeof bob>
        return request
      })
      expect(await place.call(client)).toContain("`requestState` cannot be used")
      expect(run).toHaveBeenCalledTimes(1)
    })
  },
  { knows: isStateless, over: transports.filter(({ kind }) => kind === "http") },
)

describeEras(
  "a handler that asks before and after a step",
  (t) => {
    it.each(places)("does it once, in a $name", async (place) => {
      const work = vi.fn(() => "done")
      const mcp = t.server()
      place.add(mcp, async (ctx) => {
        await ctx.confirm("Shall I?")
        const said = await ctx.step("work", work)
        await ctx.confirm("Was it good?")
        return said
      })
      expect(await place.call(await t.connect(mcp, { elicitation }))).toBe("done")
      expect(work).toHaveBeenCalledTimes(1)
    })
  },
  { knows: (revision) => features[revision].elicitation.includes("form") },
)
