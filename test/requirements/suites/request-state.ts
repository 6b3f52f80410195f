import { afterEach, describe, expect, vi } from "vitest"
import * as z from "zod"
import { inputRequired } from "../../../src/components/input-required.ts"
import { createPrincipal } from "../../../src/protocol/principal.ts"
import { accept, answerAll, messagesOf, questionsOf, retry } from "../../support/asking.ts"
import { FakeChannel, handle } from "../../support/channel.ts"
import { ada, greet, greeter, person, refused } from "../../support/greeter.ts"
import { errorOf, resultOf } from "../../support/post.ts"
import { call, capable, rpc } from "../../support/rpc.ts"
import { quietServer } from "../../support/server.ts"
import { requirement } from "../register.ts"

describe("requestState", () => {
  afterEach(() => void vi.useRealTimers())

  requirement("S-244", "opens where it was made, and nowhere else", async () => {
    const mcp = greeter()
    const asked = await resultOf(mcp, greet)
    expect(await resultOf(mcp, retry(greet, asked, ada))).toMatchObject({ content: [{ text: "Hello Ada" }] })
    const other = greeter({ secrets: ["another secret that is long enough to be one"] })
    expect(await errorOf(other, retry(greet, asked, ada))).toMatchObject(refused)
  })

  requirement("S-244", "is refused when any character of it was changed", async () => {
    const mcp = greeter()
    const asked = await resultOf(mcp, greet)
    const state = String(asked.requestState)
    for (let index = 0; index < state.length; index += 7) {
      const changed = state.slice(0, index) + (state[index] === "A" ? "B" : "A") + state.slice(index + 1)
      expect(await errorOf(mcp, retry(greet, { requestState: changed }, ada))).toMatchObject(refused)
    }
  })

  for (const state of ["", "x", "-TAMPERED", "1", 7, null, {}, ["a"], "A".repeat(20_000)]) {
    const shown = JSON.stringify(state).slice(0, 20)
    requirement("S-244", `is refused as ${shown}`, async () => {
      const mcp = greeter()
      const asked = await resultOf(mcp, greet)
      const sent = state === "-TAMPERED" ? `${asked.requestState}${state}` : state
      expect(await errorOf(mcp, retry(greet, { requestState: sent }, ada))).toMatchObject(refused)
    })
  }

  requirement("S-244", "does not show what it holds", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "ask" }, () => inputRequired({ state: { secret: "hunter2" } }))
    const { requestState } = await resultOf(mcp, call("ask", {}, capable()))
    expect(
      atob(
        String(requestState)
          .replaceAll("-", "+")
          .replaceAll("_", "/")
          .slice(8, 8 + 64),
      ),
    ).not.toContain("hunter2")
  })

  requirement("S-245", "is of no use with other arguments, another tool or another method", async () => {
    const mcp = greeter()
    mcp.tool({ name: "other" }, (_, ctx) => ctx.request.round)
    mcp.prompt("greet", () => "x")
    const asked = await resultOf(mcp, greet)
    const elsewhere = [
      call("greet", { n: 1 }, capable()),
      call("other", {}, capable()),
      rpc("prompts/get", { name: "greet" }, capable()),
    ]
    for (const request of elsewhere) {
      expect(await errorOf(mcp, retry(request, asked, ada))).toMatchObject(refused)
    }
  })

  requirement("S-245", "is of no use with another version of the tool", async () => {
    const mcp = quietServer()
    for (const version of ["1", "2"]) {
      mcp.tool({ name: "ask", version }, async (_, ctx) => {
        return `${version} ${(await ctx.elicit("Who?", person, { key: "who" })).action}`
      })
    }
    const wanting = (version: string) => call("ask", {}, { ...capable(), "fleetmcp/version": version })
    const asked = await resultOf(mcp, wanting("1"))
    expect(await errorOf(mcp, retry(wanting("2"), asked, ada))).toMatchObject(refused)
    expect(await errorOf(mcp, retry(call("ask", {}, capable()), asked, ada))).toMatchObject(refused)
    expect(await resultOf(mcp, retry(wanting("1"), asked, ada))).toMatchObject({
      content: [{ text: "1 accept" }],
    })
  })

  requirement("S-245", "knows the same arguments in another order", async () => {
    const mcp = quietServer()
    const input = z.object({ a: z.number(), b: z.number() })
    mcp.tool(
      { name: "ask", input },
      async (_, ctx) => (await ctx.elicit("Who?", person, { key: "who" })).action,
    )
    const asked = await resultOf(mcp, call("ask", { a: 1, b: 2 }, capable()))
    const again = retry(call("ask", { b: 2, a: 1 }, capable()), asked, ada)
    expect(await resultOf(mcp, again)).toMatchObject({ content: [{ text: "accept" }] })
  })

  requirement("S-245 S-268", "is of no use to another caller", async () => {
    const mcp = greeter()
    const [one, two] = await Promise.all(["a", "b"].map((subject) => createPrincipal({ subject })))
    const as = (principal = one) => new FakeChannel(principal === undefined ? {} : { principal })
    const asked = (await handle(mcp, greet, as(one))).result
    expect((await handle(mcp, retry(greet, asked, ada), as(two))).error).toMatchObject(refused)
    expect((await handle(mcp, retry(greet, asked, ada), new FakeChannel())).error).toMatchObject(refused)
    const renewed = await createPrincipal({ subject: "a", scopes: ["more"], expiresAt: Date.now() + 1e6 })
    expect((await handle(mcp, retry(greet, asked, ada), as(renewed))).result).toMatchObject({
      content: [{ text: "Hello Ada" }],
    })
  })

  requirement("S-245", "expires", async () => {
    vi.useFakeTimers({ toFake: ["Date"] })
    const mcp = greeter()
    const asked = await resultOf(mcp, greet)
    vi.setSystemTime(Date.now() + 600_000)
    expect(await resultOf(mcp, retry(greet, asked, ada))).toMatchObject({ resultType: "complete" })
    vi.setSystemTime(Date.now() + 1)
    const error = await errorOf(mcp, retry(greet, asked, ada))
    expect(error).toMatchObject({ ...refused, message: expect.stringContaining("expired") })
  })
})

describe("replay", () => {
  requirement(
    "S-249 S-250",
    "runs a handler from its start on every round, with the answers so far",
    async () => {
      const mcp = quietServer()
      const runs: number[] = []
      mcp.tool({ name: "ask" }, async (_, ctx) => {
        runs.push(ctx.request.round)
        const first = await ctx.elicit("First?", z.object({ n: z.number() }))
        const second = await ctx.elicit("Second?", z.object({ n: z.number() }))
        return first.action === "accept" && second.action === "accept" ? first.data.n + second.data.n : -1
      })
      const request = call("ask", {}, capable())
      const one = await resultOf(mcp, request)
      const two = await resultOf(
        mcp,
        retry(
          request,
          one,
          answerAll(one, () => accept({ n: 1 })),
        ),
      )
      const done = await resultOf(
        mcp,
        retry(
          request,
          two,
          answerAll(two, () => accept({ n: 2 })),
        ),
      )
      expect([messagesOf(one), messagesOf(two)]).toEqual([["First?"], ["Second?"]])
      expect(done).toMatchObject({ structuredContent: 3 })
      expect(runs).toEqual([0, 1, 2])
      expect(one.requestState).not.toBe(two.requestState)
    },
  )

  requirement("S-251", "lets no client keep what answers brought about", async () => {
    const mcp = quietServer({ cacheHints: { "resources/read": { ttlMs: 100, scope: "public" } } })
    mcp.resource("a://b", async (_, ctx) => {
      await ctx.elicit("Who?", person, { key: "who" })
      return { contents: [{ uri: "a://b", text: "x" }], ttlMs: 50, cacheScope: "public" }
    })
    const request = rpc("resources/read", { uri: "a://b" }, capable())
    const asked = await resultOf(mcp, request)
    const retries = [retry(request, asked, ada), retry(request, undefined, ada)]
    for (const each of retries) {
      expect(await resultOf(mcp, each)).toMatchObject({ ttlMs: 0, cacheScope: "private" })
    }
  })

  requirement("S-283", "makes the history of a sampling loop again on every round", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "talk" }, async (_, ctx) => {
      const messages: { role: "user" | "assistant"; content: { type: "text"; text: string } }[] = []
      for (const text of ["one", "two"]) {
        messages.push({ role: "user", content: { type: "text", text } })
        const { content } = await ctx.sample({ messages: [...messages] })
        messages.push({ role: "assistant", content: content as { type: "text"; text: string } })
      }
      return messages.map(({ content }) => content.text).join(" ")
    })
    const request = call("talk", {}, capable())
    const say = (text: string) => () => ({ role: "assistant", content: { type: "text", text }, model: "m" })
    const one = await resultOf(mcp, request)
    const two = await resultOf(mcp, retry(request, one, answerAll(one, say("1"))))
    expect(questionsOf(two)[0]?.params.messages).toHaveLength(3)
    const done = await resultOf(mcp, retry(request, two, answerAll(two, say("2"))))
    expect(done).toMatchObject({ content: [{ text: "one 1 two 2" }] })
  })
})
