import { afterEach, describe, expect, vi } from "vitest"
import * as z from "zod"
import { inputRequired } from "../../../src/components/input-required.ts"
import { createPrincipal } from "../../../src/protocol/principal.ts"
import type { JsonSchema } from "../../../src/schema/schema.ts"
import { accept, answerAll, messagesOf, questionsOf, retry } from "../../support/asking.ts"
import { FakeChannel, handle } from "../../support/channel.ts"
import { errorOf, post, resultOf } from "../../support/post.ts"
import { call, capable, type Fields, rpc } from "../../support/rpc.ts"
import { quietServer } from "../../support/server.ts"
import { requirement } from "../register.ts"

const person = z.object({ name: z.string() })

/** A server whose tool greets whom it asks for. */
function greeter(options: Parameters<typeof quietServer>[0] = {}) {
  const mcp = quietServer({ secrets: ["a secret of some length"], ...options })
  mcp.tool({ name: "greet", input: z.object({ n: z.number().optional() }) }, async (_, ctx) => {
    const answer = await ctx.elicit("Who?", person, { key: "who" })
    return answer.action === "accept" ? `Hello ${answer.data.name}` : answer.action
  })
  return mcp
}

const greet = call("greet", {}, capable())
const ada = { who: accept({ name: "Ada" }) }
const refused = { code: -32602 }

describe("input_required", () => {
  for (const method of ["completion/complete", "subscriptions/listen", "tools/list", "server/discover"]) {
    requirement("S-240", `is never the answer to ${method}`, async () => {
      const mcp = quietServer({
        plugins: [{ id: "com.example/x", listenFilters: { x: { honor: () => true, passes: () => true } } }],
      })
      mcp.tool({ name: "t" }, () => 1)
      const args = z.object({ a: z.string() })
      const ask = async (
        _: string,
        { ctx }: { ctx: import("../../../src/components/context.ts").Context },
      ) => {
        const { action } = await ctx.elicit("Who?", person)
        return [action]
      }
      mcp.prompt({ name: "p", args, complete: { a: ask } }, () => "x")
      const params: { [method: string]: Fields } = {
        "completion/complete": { ref: { type: "ref/prompt", name: "p" }, argument: { name: "a", value: "" } },
        "subscriptions/listen": { notifications: {} },
      }
      const channel = new FakeChannel()
      const answer = handle(mcp, rpc(method, params[method], capable()), channel)
      if (method === "subscriptions/listen") await mcp.close()
      expect((await answer).result?.resultType).not.toBe("input_required")
    })
  }

  requirement("S-241 S-242", "holds questions under keys of their own, and a state", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "ask" }, async (_, ctx) => {
      await Promise.all([
        ctx.elicit("Who?", person),
        ctx.elicit("Who?", person),
        ctx.elicitUrl("Pay", "https://example.com/pay"),
        ctx.sample("Say something"),
        ctx.roots(),
      ])
    })
    const result = await resultOf(mcp, call("ask", {}, capable()))
    const methods = questionsOf(result).map(({ method }) => method)
    expect(methods.sort()).toEqual([
      "elicitation/create",
      "elicitation/create",
      "elicitation/create",
      "roots/list",
      "sampling/createMessage",
    ])
    expect(result.requestState).toEqual(expect.any(String))
  })

  requirement("S-241", "has a state even where a handler asks for nothing", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "ask" }, (_, ctx) => (ctx.request.round === 0 ? inputRequired({}) : "done"))
    const request = call("ask", {}, capable())
    const result = await resultOf(mcp, request)
    expect(result).toMatchObject({ resultType: "input_required", requestState: expect.any(String) })
    expect(await resultOf(mcp, retry(request, result))).toMatchObject({ content: [{ text: "done" }] })
  })

  const gates: readonly (readonly [declared: Fields, asked: string, required: Fields | undefined])[] = [
    [{}, "form", { elicitation: {} }],
    [{ sampling: {} }, "form", { elicitation: {} }],
    [{ elicitation: {} }, "form", undefined],
    [{ elicitation: { form: {} } }, "form", undefined],
    [{ elicitation: { url: {} } }, "form", { elicitation: { form: {} } }],
    [{}, "url", { elicitation: { url: {} } }],
    [{ elicitation: {} }, "url", { elicitation: { url: {} } }],
    [{ elicitation: { form: {} } }, "url", { elicitation: { url: {} } }],
    [{ elicitation: { url: {} } }, "url", undefined],
    [{}, "sample", { sampling: {} }],
    [{ sampling: {} }, "sample", undefined],
    [{ sampling: {} }, "tools", { sampling: { tools: {} } }],
    [{ sampling: { tools: {} } }, "tools", undefined],
    [{}, "roots", { roots: {} }],
    [{ roots: {} }, "roots", undefined],
  ]
  for (const [declared, asked, required] of gates) {
    const what = `${asked} of a client that declared ${JSON.stringify(declared)}`
    const ids = { sample: "S-243", tools: "S-243 S-280", roots: "S-243 S-284" }[asked] ?? "S-243"
    requirement(ids, `${required === undefined ? "asks" : "does not ask"} for ${what}`, async () => {
      const mcp = quietServer()
      mcp.tool({ name: "ask" }, async (_, ctx) => {
        if (asked === "form") await ctx.elicit("Who?", person)
        if (asked === "url") await ctx.elicitUrl("Pay", "https://example.com/pay")
        if (asked === "sample") await ctx.sample("Hello")
        if (asked === "roots") await ctx.roots()
        if (asked === "tools") {
          const tools = [{ name: "t", inputSchema: { type: "object" as const } }]
          await ctx.sample({ messages: [{ role: "user", content: { type: "text", text: "x" } }], tools })
        }
      })
      const answer = await post(mcp, call("ask", {}, capable(declared)))
      if (required === undefined) expect(answer.result?.resultType).toBe("input_required")
      else {
        expect(answer).toMatchObject({ status: 400, error: { code: -32021 } })
        expect(answer.error?.data?.requiredCapabilities).toEqual(required)
      }
    })
  }

  requirement("S-243", "does not ask explicitly for what was not declared, either", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "ask" }, () => inputRequired({ requests: { r: { method: "roots/list" } } }))
    expect(await errorOf(mcp, call("ask"))).toMatchObject({ status: 400, code: -32021 })
  })

  requirement("S-243", "lets a handler do something else instead", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "ask" }, async (_, ctx) => {
      try {
        return await ctx.roots()
      } catch {
        // Without roots it works with what it has.
        return "without roots"
      }
    })
    expect(await resultOf(mcp, call("ask"))).toMatchObject({ content: [{ text: "without roots" }] })
  })
})

describe("requestState", () => {
  afterEach(() => void vi.useRealTimers())

  requirement("S-244", "opens where it was made, and nowhere else", async () => {
    const mcp = greeter()
    const asked = await resultOf(mcp, greet)
    expect(await resultOf(mcp, retry(greet, asked, ada))).toMatchObject({ content: [{ text: "Hello Ada" }] })
    const other = greeter({ secrets: ["another secret"] })
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

describe("questions", () => {
  const formOf = async (schema: JsonSchema | z.ZodType) => {
    const mcp = quietServer()
    mcp.tool({ name: "ask" }, async (_, ctx) => (await ctx.elicit("Fill in", schema)).action)
    const [question] = questionsOf(await resultOf(mcp, call("ask", {}, capable())))
    return question?.params
  }

  requirement(
    "S-261 S-263",
    "in a form are flat, of the types that forms have, and without patterns",
    async () => {
      const params = await formOf(
        z.object({
          email: z.email().describe("Yours"),
          name: z
            .string()
            .min(1)
            .max(9)
            .regex(/^[A-Z]/)
            .optional(),
          age: z.int().min(0).max(150).default(30),
          score: z.number().default(95.5),
          ok: z.boolean().default(true),
          status: z.enum(["active", "inactive"]).default("active"),
          colors: z
            .array(z.enum(["red", "green"]))
            .min(1)
            .max(2),
        }),
      )
      expect(params).toEqual({
        mode: "form",
        message: "Fill in",
        requestedSchema: {
          type: "object",
          properties: {
            email: { type: "string", format: "email", description: "Yours" },
            name: { type: "string", minLength: 1, maxLength: 9 },
            age: { type: "integer", minimum: 0, maximum: 150, default: 30 },
            score: { type: "number", default: 95.5 },
            ok: { type: "boolean", default: true },
            status: { type: "string", enum: ["active", "inactive"], default: "active" },
            colors: {
              type: "array",
              items: { type: "string", enum: ["red", "green"] },
              minItems: 1,
              maxItems: 2,
            },
          },
          required: ["email", "colors"],
        },
      })
    },
  )

  requirement("S-261", "in a form may have choices with titles, one or many", async () => {
    const choices = [
      { const: "a", title: "A" },
      { const: "b", title: "B" },
    ]
    const params = await formOf({
      type: "object",
      properties: {
        one: { type: "string", oneOf: choices },
        many: { type: "array", items: { anyOf: choices } },
        old: { type: "string", enum: ["a", "b"], enumNames: ["A", "B"] },
      },
    })
    expect(params?.requestedSchema).toMatchObject({
      properties: {
        one: { type: "string", oneOf: choices },
        many: { type: "array", items: { anyOf: choices } },
        old: { enum: ["a", "b"], enumNames: ["A", "B"] },
      },
    })
  })

  for (const field of [
    z.object({ a: z.string() }),
    z.array(z.string()),
    z.any(),
    z.union([z.string(), z.number()]),
  ]) {
    requirement("S-261", `in a form cannot be of ${field.type}`, async () => {
      const mcp = quietServer()
      mcp.tool({ name: "ask" }, async (_, ctx) => (await ctx.elicit("Fill in", z.object({ field }))).action)
      const result = await resultOf(mcp, call("ask", {}, capable()))
      expect(result).toMatchObject({ isError: true, content: [{ text: expect.stringContaining("`field`") }] })
    })
  }

  requirement("S-264", "by URL carry a valid URL and no id", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "ask", input: z.object({ url: z.string() }) }, async ({ url }, ctx) => {
      return (await ctx.elicitUrl("Pay", url)).action
    })
    const [question] = questionsOf(
      await resultOf(mcp, call("ask", { url: "https://example.com/pay?a=1" }, capable())),
    )
    expect(question?.params).toEqual({ mode: "url", message: "Pay", url: "https://example.com/pay?a=1" })
    expect(await resultOf(mcp, call("ask", { url: "not a url" }, capable()))).toMatchObject({ isError: true })
  })

  requirement("S-281", "to the model say `maxTokens`, a default or the author's", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "ask" }, async (_, ctx) => {
      const messages = [{ role: "user" as const, content: { type: "text" as const, text: "x" } }]
      await Promise.all([ctx.sample("Hello"), ctx.sample({ messages, maxTokens: 7 })])
    })
    const questions = questionsOf(await resultOf(mcp, call("ask", {}, capable())))
    expect(questions.map(({ params }) => params.maxTokens)).toEqual([1000, 7])
  })

  requirement("S-284", "for roots bring the roots", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "ask" }, (_, ctx) => ctx.roots())
    const request = call("ask", {}, capable())
    const asked = await resultOf(mcp, request)
    const roots = [{ uri: "file:///work", name: "work" }]
    const done = await resultOf(
      mcp,
      retry(
        request,
        asked,
        answerAll(asked, () => ({ roots })),
      ),
    )
    expect(done.structuredContent).toEqual(roots)
  })
})
