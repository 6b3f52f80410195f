import { describe, expect, it } from "vitest"
import * as z from "zod"
import { createPrincipal, requireScopes, ToolError, text, tool } from "../../src/index.ts"
import { features } from "../../src/spec/features.ts"
import type { CreateMessageRequestParams, CreateMessageResult } from "../../src/spec/index.ts"
import { isStateless } from "../../src/spec/revisions.ts"
import { deferred } from "../http/server.ts"
import { describeEras } from "./eras.ts"
import { places } from "./places.ts"
import { strictErrors } from "./strict-schema.ts"
import { memory } from "./transports.ts"

const json = JSON.stringify

/** A message in which a model wants to use tools. */
function uses(...calls: readonly (readonly [name: string, input: object])[]): CreateMessageResult {
  return {
    role: "assistant",
    model: "m",
    stopReason: "toolUse",
    content: calls.map(([name, input], at) => ({
      type: "tool_use",
      id: `${name}-${at}`,
      name,
      input: { ...input },
    })),
  }
}

const says = (words: string): CreateMessageResult => ({
  role: "assistant",
  model: "m",
  stopReason: "endTurn",
  content: { type: "text", text: words },
})

/** A model that says one thing after the other, the last again and again, and hears what it is asked. */
function model(...answers: readonly CreateMessageResult[]) {
  const heard: CreateMessageRequestParams[] = []
  const sampling = (request: CreateMessageRequestParams): CreateMessageResult => {
    heard.push(request)
    return answers[Math.min(heard.length, answers.length) - 1] ?? says("")
  }
  return { heard, sampling }
}

/** What tools gave, as the model was last told. */
const results = (heard: readonly CreateMessageRequestParams[]) => heard.at(-1)?.messages.at(-1)?.content

const add = tool({ name: "add", input: z.object({ a: z.number(), b: z.number() }) }, ({ a, b }) => a + b)

describeEras("a handler that asks a model", (t) => {
  describe.each(places)("in a $name", (place) => {
    it("gets its words", async () => {
      const mcp = t.server()
      place.add(mcp, async (ctx) => (await ctx.sample("2 + 2?")).text)
      const client = await t.connect(mcp, { sampling: () => "4" })
      expect(await place.call(client)).toBe("4")
    })

    it("of a client without one is told so", async () => {
      const mcp = t.server()
      place.add(mcp, async (ctx) => (await ctx.sample("2 + 2?")).text)
      expect(await place.call(await t.connect(mcp))).toContain("needs the client's capability `sampling`")
    })

    it("gets those of the server's own model where the client has none", async () => {
      const mcp = t.server({ sampling: { handler: ({ maxTokens }) => `${maxTokens} tokens` } })
      place.add(mcp, async (ctx) => (await ctx.sample("2 + 2?")).text)
      expect(await place.call(await t.connect(mcp))).toBe("1000 tokens")
    })
  })
})

describeEras(
  "a request to a model",
  (t) => {
    it("is what the handler says, strings as messages of the user", async () => {
      const mcp = t.server()
      mcp.tool({ name: "think" }, async (_, ctx) => {
        const { messages } = await ctx.sample({
          messages: ["one", { role: "assistant", content: text("two") }, "three"],
          systemPrompt: "Be brief",
          modelPreferences: { hints: [{ name: "haiku" }], speedPriority: 1 },
          temperature: 0.5,
          stopSequences: ["."],
        })
        return json(messages.length)
      })
      const { heard, sampling } = model(says("four"))
      const client = await t.connect(mcp, { sampling })
      expect(await client.callTool("think")).toMatchObject({ content: [{ text: "4" }] })
      expect(heard).toEqual([
        {
          messages: [
            { role: "user", content: { type: "text", text: "one" } },
            { role: "assistant", content: { type: "text", text: "two" } },
            { role: "user", content: { type: "text", text: "three" } },
          ],
          systemPrompt: "Be brief",
          modelPreferences: { hints: [{ name: "haiku" }], speedPriority: 1 },
          temperature: 0.5,
          stopSequences: ["."],
          maxTokens: 1000,
        },
      ])
    })

    const output = z.object({ n: z.number() })
    it.each([
      ["JSON", '{"n":4}'],
      ["JSON in a code block", 'Here:\n```json\n{"n":4}\n```'],
    ])("for data gives what the schema makes of %s", async (_, said) => {
      const mcp = t.server()
      mcp.tool({ name: "think" }, async (_, ctx) => {
        const { data } = await ctx.sample({ messages: "2 + 2?", systemPrompt: "Count", output })
        return json(data.n)
      })
      const { heard, sampling } = model(says(said))
      const client = await t.connect(mcp, { sampling })
      expect(await client.callTool("think")).toMatchObject({ content: [{ text: "4" }] })
      expect(heard[0]?.systemPrompt).toMatch(
        /^Count\n\nAnswer with one JSON value .*\n.*"n":\{"type":"number"\}/,
      )
    })

    it("for data is asked again with what was wrong", async () => {
      const mcp = t.server()
      mcp.tool({ name: "think" }, async (_, ctx) => json((await ctx.sample({ messages: "?", output })).data))
      const { heard, sampling } = model(says("four"), says('{"n":"four"}'), says('{"n":4}'))
      const client = await t.connect(mcp, { sampling })
      expect(await client.callTool("think")).toMatchObject({ content: [{ text: '{"n":4}' }] })
      expect(heard.map(({ messages }) => messages.length)).toEqual([1, 3, 5])
      expect(json(heard[2]?.messages)).toContain("`n`: expected number")
    })

    it("for data fails when nothing fits", async () => {
      const mcp = t.server()
      mcp.tool({ name: "think" }, async (_, ctx) => json((await ctx.sample({ messages: "?", output })).data))
      const { heard, sampling } = model(says("four"))
      const client = await t.connect(mcp, { sampling })
      expect(await client.callTool("think")).toMatchObject({
        isError: true,
        content: [{ text: expect.stringContaining("not even at attempt 3:\nIt is not JSON.") }],
      })
      expect(heard).toHaveLength(3)
    })
  },
  { over: [memory] },
)

const knowsTools = (revision: keyof typeof features) => features[revision].samplingTools

describeEras(
  "a handler whose model uses tools",
  (t) => {
    it.each(places)("gets what it makes of them, in a $name", async (place) => {
      const mcp = t.server()
      const output = z.object({ sum: z.number() })
      place.add(mcp, async (ctx) => {
        const { data } = await ctx.sample({ messages: "1 + 2?", tools: [add], output })
        return `${data.sum}`
      })
      const { heard, sampling } = model(uses(["add", { a: 1, b: 2 }]), says('{"sum":3}'))
      expect(await place.call(await t.connect(mcp, { sampling }))).toBe("3")
      expect(results(heard)).toMatchObject([{ toolUseId: "add-0", content: [{ text: "3" }] }])
    })

    it.each(places)("is told which part of the capability the client lacks, in a $name", async (place) => {
      const mcp = t.server()
      place.add(mcp, async (ctx) => (await ctx.sample({ messages: "1 + 2?", tools: [add] })).text)
      const client = await t.connect(mcp, { capabilities: { sampling: {} }, sampling: () => "3" })
      expect(await place.call(client)).toContain("needs the client's capability `sampling.tools`")
    })
  },
  { knows: knowsTools },
)

describeEras(
  "a model with tools",
  (t) => {
    it("uses them until it has an answer", async () => {
      const mcp = t.server()
      mcp.tool({ name: "think" }, async (_, ctx) => {
        const { text, messages } = await ctx.sample({ messages: "1 + 2 + 3?", tools: [add] })
        return `${text} after ${messages.length}`
      })
      const { heard, sampling } = model(
        uses(["add", { a: 1, b: 2 }]),
        uses(["add", { a: 3, b: 3 }]),
        says("6"),
      )
      const client = await t.connect(mcp, { sampling })
      expect(await client.callTool("think")).toMatchObject({ content: [{ text: "6 after 6" }] })
      expect(heard).toHaveLength(3)
      expect(heard[0]?.tools).toMatchObject([{ name: "add", inputSchema: { type: "object" } }])
      expect(results(heard)).toMatchObject([
        { type: "tool_result", toolUseId: "add-0", content: [{ type: "text", text: "6" }] },
      ])
      for (const request of heard) {
        expect(strictErrors(t.revision, "CreateMessageRequestParams", request)).toEqual([])
      }
    })

    it("runs none of them again when the handler does", async () => {
      const runs: number[] = []
      const count = tool({ name: "count" }, () => runs.push(1))
      const mcp = t.server()
      mcp.tool({ name: "think" }, async (_, ctx) => {
        const { text } = await ctx.sample({ messages: "?", tools: [count] })
        return (await ctx.confirm("Good?")) ? text : "no"
      })
      const { heard, sampling } = model(uses(["count", {}]), uses(["count", {}]), says("done"))
      const client = await t.connect(mcp, { sampling, elicitation: () => ({ action: "accept" }) })
      expect(await client.callTool("think")).toMatchObject({ content: [{ text: "done" }] })
      // The same call again, as the model wanted it, and no more.
      expect([runs.length, heard.length]).toEqual([2, 3])
    })

    it("uses several at once", async () => {
      const mcp = t.server()
      mcp.tool({ name: "think" }, async (_, ctx) => (await ctx.sample({ messages: "?", tools: [add] })).text)
      const { heard, sampling } = model(uses(["add", { a: 1, b: 2 }], ["add", { a: 1, b: 2 }]), says("done"))
      await (await t.connect(mcp, { sampling })).callTool("think")
      expect(results(heard)).toMatchObject([{ toolUseId: "add-0" }, { toolUseId: "add-1" }])
    })

    it("is told what went wrong", async () => {
      const fail = tool({ name: "fail" }, () => {
        throw new ToolError("The disk is full.")
      })
      const mcp = t.server()
      mcp.tool(
        { name: "think" },
        async (_, ctx) => (await ctx.sample({ messages: "?", tools: [add, fail] })).text,
      )
      const { heard, sampling } = model(uses(["add", { a: "x" }], ["fail", {}], ["addd", {}]), says("done"))
      await (await t.connect(mcp, { sampling })).callTool("think")
      expect(results(heard)).toMatchObject([
        { isError: true, content: [{ text: expect.stringContaining("`a`: expected number") }] },
        { isError: true, content: [{ text: "The disk is full." }] },
        { isError: true, content: [{ text: "No tool named `addd`. Did you mean `add`?" }] },
      ])
    })

    it("may use only what the caller may", async () => {
      const purged: unknown[] = []
      const purge = tool({ name: "purge", auth: requireScopes("purge") }, (_, ctx) => {
        purged.push(ctx.auth?.subject)
        return "gone"
      })
      const mcp = t.server()
      mcp.tool(
        { name: "think" },
        async (_, ctx) => (await ctx.sample({ messages: "?", tools: [purge] })).text,
      )
      const who = { issuer: "https://a.example", subject: "ada" }
      const nobody = model(uses(["purge", {}]), says("done"))
      const plain = await createPrincipal({ ...who, scopes: [] })
      await (await t.connect(mcp, { sampling: nobody.sampling, principal: plain })).callTool("think")
      expect(results(nobody.heard)).toMatchObject([
        { isError: true, content: [{ text: expect.stringContaining("No tool named `purge`") }] },
      ])
      expect(purged).toEqual([])
      const somebody = model(uses(["purge", {}]), says("done"))
      const able = await createPrincipal({ ...who, scopes: ["purge"] })
      await (await t.connect(mcp, { sampling: somebody.sampling, principal: able })).callTool("think")
      expect(results(somebody.heard)).toMatchObject([{ content: [{ text: "gone" }] }])
      expect(new Set(purged)).toEqual(new Set(["ada"]))
    })

    it("uses them through the middleware of any call", async () => {
      const mcp = t.server()
      const seen: string[] = []
      mcp.use({
        callTool: (call, next) => {
          seen.push(call.target)
          return next()
        },
      })
      mcp.tool({ name: "think" }, async (_, ctx) => (await ctx.sample({ messages: "?", tools: [add] })).text)
      const { sampling } = model(uses(["add", { a: 1, b: 2 }]), says("done"))
      await (await t.connect(mcp, { sampling })).callTool("think")
      expect(seen).toContain("add")
    })

    it("may use one that asks the person", async () => {
      const pay = tool({ name: "pay" }, async (_, ctx) => ((await ctx.confirm("Pay?")) ? "paid" : "not paid"))
      const mcp = t.server()
      mcp.tool({ name: "think" }, async (_, ctx) => (await ctx.sample({ messages: "?", tools: [pay] })).text)
      const { heard, sampling } = model(uses(["pay", {}]), says("done"))
      const client = await t.connect(mcp, { sampling, elicitation: () => ({ action: "accept" }) })
      expect(await client.callTool("think")).toMatchObject({ content: [{ text: "done" }] })
      expect(results(heard)).toMatchObject([{ content: [{ text: "paid" }] }])
    })

    it("is to answer in words at its last step", async () => {
      const mcp = t.server()
      mcp.tool({ name: "think" }, async (_, ctx) => {
        const { toolCalls } = await ctx.sample({ messages: "?", tools: [add], maxSteps: 3 })
        return json(toolCalls.length)
      })
      const { heard, sampling } = model(uses(["add", { a: 1, b: 2 }]))
      const client = await t.connect(mcp, { sampling })
      expect(await client.callTool("think")).toMatchObject({ content: [{ text: "1" }] })
      expect(heard.map(({ toolChoice }) => toolChoice?.mode)).toEqual([undefined, undefined, "none"])
    })

    it("is asked once where one step is wanted, and nothing runs", async () => {
      const ran: unknown[] = []
      const own = tool({ name: "own" }, () => ran.push(1))
      const mcp = t.server()
      mcp.tool({ name: "think" }, async (_, ctx) => {
        const { toolCalls, stopReason } = await ctx.sample({
          messages: "?",
          tools: [own],
          maxSteps: 1,
          toolChoice: { mode: "required" },
        })
        return json([stopReason, toolCalls])
      })
      const { heard, sampling } = model(uses(["own", {}]))
      const client = await t.connect(mcp, { sampling })
      expect(await client.callTool("think")).toMatchObject({
        content: [{ text: '["toolUse",[{"type":"tool_use","id":"own-0","name":"own","input":{}}]]' }],
      })
      expect([heard.map(({ toolChoice }) => toolChoice?.mode), ran]).toEqual([["required"], []])
    })

    it("leaves to the handler what is only described", async () => {
      const mcp = t.server()
      mcp.tool({ name: "think" }, async (_, ctx) => {
        const described = { name: "theirs", inputSchema: { type: "object" } } as const
        return json(
          (await ctx.sample({ messages: "?", tools: [add, described] })).toolCalls.map(({ name }) => name),
        )
      })
      const { sampling } = model(uses(["add", { a: 1, b: 2 }], ["theirs", {}]))
      const client = await t.connect(mcp, { sampling })
      expect(await client.callTool("think")).toMatchObject({ content: [{ text: '["add","theirs"]' }] })
    })

    it("gives data in the end", async () => {
      const mcp = t.server()
      const output = z.object({ sum: z.number() })
      mcp.tool({ name: "think" }, async (_, ctx) =>
        json((await ctx.sample({ messages: "?", tools: [add], maxSteps: 2, output })).data),
      )
      // It wants tools once more than it may.
      const { heard, sampling } = model(
        uses(["add", { a: 1, b: 2 }]),
        uses(["add", { a: 1, b: 2 }]),
        says('{"sum":3}'),
      )
      const client = await t.connect(mcp, { sampling })
      expect(await client.callTool("think")).toMatchObject({ content: [{ text: '{"sum":3}' }] })
      expect(results(heard)).toMatchObject([
        { isError: true, content: [{ text: expect.stringContaining("No more tools") }] },
      ])
    })

    it("may not want too many at once", async () => {
      const mcp = t.server()
      mcp.tool({ name: "think" }, async (_, ctx) => (await ctx.sample({ messages: "?", tools: [add] })).text)
      const { sampling } = model(uses(...Array.from({ length: 33 }, () => ["add", {}] as const)))
      const client = await t.connect(mcp, { sampling })
      await expect(client.callTool("think")).rejects.toMatchObject({
        error: { code: -32602, message: expect.stringContaining("more than 32 tools") },
      })
    })

    it("must be known to the client, or is the server's own", async () => {
      const think = tool(
        { name: "think" },
        async (_, ctx) => (await ctx.sample({ messages: "?", tools: [add] })).text,
      )
      const capabilities = { sampling: {} }
      const mcp = t.server()
      mcp.add(think)
      const client = await t.connect(mcp, { capabilities, sampling: () => "the client's" })
      const call = client.callTool("think")
      if (isStateless(t.revision)) await expect(call).rejects.toMatchObject({ error: { code: -32021 } })
      else
        expect(await call).toMatchObject({
          isError: true,
          content: [{ text: expect.stringContaining("sampling.tools") }],
        })

      const { heard, sampling: handler } = model(uses(["add", { a: 1, b: 2 }]), says("the server's"))
      const able = t.server({ sampling: { handler } })
      able.add(think)
      const same = await t.connect(able, { capabilities, sampling: () => "the client's" })
      expect(await same.callTool("think")).toMatchObject({ content: [{ text: "the server's" }] })
      expect(results(heard)).toMatchObject([{ content: [{ text: "3" }] }])
    })
  },
  { knows: knowsTools, over: [memory] },
)

describeEras(
  "the server's own model",
  (t) => {
    it("is not asked where the client has one", async () => {
      const mcp = t.server({ sampling: { handler: () => "the server's" } })
      mcp.tool({ name: "think" }, async (_, ctx) => (await ctx.sample("?")).text)
      const client = await t.connect(mcp, { sampling: () => "the client's" })
      expect(await client.callTool("think")).toMatchObject({ content: [{ text: "the client's" }] })
    })

    it("is asked in any case where the server says so", async () => {
      const mcp = t.server({ sampling: { handler: () => "the server's", mode: "always" } })
      mcp.tool({ name: "think" }, async (_, ctx) => (await ctx.sample("?")).text)
      const client = await t.connect(mcp, { sampling: () => "the client's" })
      expect(await client.callTool("think")).toMatchObject({ content: [{ text: "the server's" }] })
    })

    it("is asked once, however often the handler runs", async () => {
      const asked: unknown[] = []
      const handler = ({ messages }: CreateMessageRequestParams) => `${asked.push(messages)}`
      const mcp = t.server({ sampling: { handler } })
      mcp.tool({ name: "think" }, async (_, ctx) => {
        const answers = [await ctx.sample("?"), await ctx.sample("?")]
        const sure = await ctx.elicit("Sure?", z.object({})).catch((error: { code: string }) => {
          if (error.code === "SUSPENDED") throw error
        })
        return json([answers.map(({ text }) => text), sure?.action])
      })
      const client = await t.connect(mcp, { elicitation: () => ({ action: "accept" }) })
      const knowsForms = features[t.revision].elicitation.includes("form")
      expect(await client.callTool("think")).toMatchObject({
        content: [{ text: json([["1", "2"], knowsForms ? "accept" : undefined]) }],
      })
      expect(asked).toHaveLength(2)
    })

    it("is asked nothing more once the call is over", async () => {
      const asked: unknown[] = []
      const used = deferred<void>()
      const went = deferred<void>()
      const slow = tool({ name: "slow" }, async () => {
        used.resolve()
        await went.promise
        return "done"
      })
      const handler = () => {
        asked.push(1)
        return uses(["slow", {}])
      }
      const mcp = t.server({ sampling: { handler, mode: "always" } })
      let sampled: Promise<unknown> = Promise.resolve()
      mcp.tool({ name: "think" }, async (_, ctx) => {
        sampled = ctx.sample({ messages: "?", tools: [slow] })
        await used.promise
        return "enough"
      })
      const client = await t.connect(mcp)
      expect(await client.callTool("think")).toMatchObject({ content: [{ text: "enough" }] })
      went.resolve()
      await expect(sampled).rejects.toMatchObject({ code: "FLEET-03" })
      expect(asked).toHaveLength(1)
    })

    it("is not trusted to answer with a message", async () => {
      const mcp = t.server({ sampling: { handler: () => ({ role: "robot" }) as never } })
      mcp.tool({ name: "think" }, async (_, ctx) => (await ctx.sample("?")).text)
      expect(await (await t.connect(mcp)).callTool("think")).toMatchObject({
        isError: true,
        content: [{ text: expect.stringContaining("`sampling` handler returned has no `role`") }],
      })
    })

    it("hears that the call is over", async () => {
      const signals: AbortSignal[] = []
      const mcp = t.server({
        timeout: 5,
        sampling: {
          handler: (_, { signal }) => {
            signals.push(signal)
            return new Promise(() => undefined)
          },
        },
      })
      mcp.tool({ name: "think" }, async (_, ctx) => (await ctx.sample("?")).text)
      expect(await (await t.connect(mcp)).callTool("think")).toMatchObject({ isError: true })
      expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    })
  },
  { over: [memory] },
)

it("the server's own model answers calls of its own process", async () => {
  const { FleetMCP } = await import("../../src/index.ts")
  const mcp = new FleetMCP("Test", { sampling: { handler: () => "4" } })
  mcp.tool({ name: "think" }, async (_, ctx) => (await ctx.sample("2 + 2?")).text)
  expect(await mcp.callTool("think")).toMatchObject({ content: [{ text: "4" }] })
})
