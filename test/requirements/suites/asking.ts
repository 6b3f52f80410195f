import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { describe, expect } from "vitest"
import * as z from "zod"
import { inputRequired } from "../../../src/components/input-required.ts"
import { tool } from "../../../src/components/tool.ts"
import { definePlugin } from "../../../src/index.ts"
import type { JsonSchema } from "../../../src/schema/schema.ts"
import { answerAll, questionsOf, retry } from "../../support/asking.ts"
import { FakeChannel, handle } from "../../support/channel.ts"
import { person } from "../../support/greeter.ts"
import { errorOf, post, resultOf } from "../../support/post.ts"
import { call, capable, type Fields, rpc } from "../../support/rpc.ts"
import { quietServer } from "../../support/server.ts"
import { requirement } from "../register.ts"

describe("input_required", () => {
  for (const method of ["completion/complete", "subscriptions/listen", "tools/list", "server/discover"]) {
    requirement("S-240", `is never the answer to ${method}`, async () => {
      const mcp = quietServer({
        plugins: [
          definePlugin({
            id: "com.example/x",
            listenFilters: { x: { honor: () => true, passes: () => true } },
          }),
        ],
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

  requirement("S-282", "to a model with tools end, the last with no tools to use", async () => {
    const mcp = quietServer()
    const add = tool({ name: "add" }, () => 3)
    mcp.tool(
      { name: "ask" },
      async (_, ctx) => (await ctx.sample({ messages: "?", tools: [add], maxSteps: 2 })).text,
    )
    const request = call("ask", {}, capable())
    const first = await resultOf(mcp, request)
    const content = { type: "tool_use", id: "1", name: "add", input: {} }
    const answers = answerAll(first, () => ({ role: "assistant", model: "m", content }))
    const second = await resultOf(mcp, retry(request, first, answers))
    const choices = [first, second].map((result) => questionsOf(result)[0]?.params.toolChoice)
    expect(choices).toEqual([undefined, { mode: "none" }])
  })

  requirement("S-285", "by a deprecated feature warn of it, once in a process", async () => {
    // In a process of its own: other tests have asked for roots before.
    const program = ["--import", "tsx", "test/requirements/fixtures/asks-twice.ts"]
    const { stderr } = await promisify(execFile)(process.execPath, program)
    const warnings = stderr.split("\n").filter((line) => line.includes("DeprecationWarning"))
    expect(warnings).toEqual([
      expect.stringMatching(/\[FLEET-09\] DeprecationWarning: `ctx\.roots\(\)` is deprecated/),
      expect.stringMatching(/\[FLEET-09\] DeprecationWarning: `ctx\.sample\(\)` is deprecated/),
    ])
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
