import { describe, expect, it } from "vitest"
import type { Sampler } from "../components/sampling.ts"
import { SamplingFailed } from "../errors/sampling.ts"
import { type AIModel, aiSampler } from "./ai.ts"
import { anthropicSampler } from "./anthropic.ts"
import { googleSampler } from "./google.ts"
import { openaiSampler } from "./openai.ts"

const model = "m"

/** Samplers whose API answers with whatever a test likes. */
const samplers: { readonly [name: string]: (reply: unknown) => Sampler } = {
  ai: (reply) =>
    aiSampler({
      model: { specificationVersion: "v3", modelId: model, doGenerate: async () => reply } as AIModel,
    }),
  anthropic: (reply) =>
    anthropicSampler({ client: { messages: { create: async () => reply as never } }, model }),
  google: (reply) =>
    googleSampler({ client: { models: { generateContent: async () => reply as never } }, model }),
  openai: (reply) =>
    openaiSampler({ client: { chat: { completions: { create: async () => reply as never } } }, model }),
}

const request = {
  maxTokens: 9,
  messages: [{ role: "user", content: { type: "text", text: "?" } }],
} as const

const { signal } = new AbortController()

const ask = async (name: string, reply: unknown) => samplers[name]?.(reply)(request, { signal })

describe.each(Object.keys(samplers))("the API of %s", (name) => {
  it.each([
    undefined,
    null,
    "<html>",
    {},
    { content: null, choices: null, candidates: null },
    { content: [null], choices: [null], candidates: [null] },
    { choices: [], candidates: [] },
    { choices: [{}], candidates: [{ content: { parts: [null] } }], content: {} },
  ])("that answers with %j fails in words", async (reply) => {
    await expect(ask(name, reply)).rejects.toThrow(SamplingFailed)
  })
})

describe("an API that speaks as OpenAI does", () => {
  it("may say `null` where no tool is used", async () => {
    const message = { content: "Hi", tool_calls: null }
    expect(await ask("openai", { model, choices: [{ finish_reason: null, message }] })).toEqual({
      role: "assistant",
      model,
      content: [{ type: "text", text: "Hi" }],
      stopReason: "endTurn",
    })
  })
})

describe("the API of Google", () => {
  it("says why it gives no answer", async () => {
    const reply = { promptFeedback: { blockReason: "SAFETY" } }
    await expect(ask("google", reply)).rejects.toThrow(
      "Google gave no answer: it blocked the request (SAFETY).",
    )
  })

  it("gets ids for calls that differ in all of a conversation", async () => {
    const call = { functionCall: { name: "look", args: {} } }
    const reply = (...parts: readonly object[]) => ({ candidates: [{ content: { parts } }] })
    const ids: unknown[] = []
    const messages: Parameters<Sampler>[0]["messages"][number][] = [...request.messages]
    for (const parts of [[{ text: "Hm." }, call, call], [call]]) {
      const said = await samplers.google?.(reply(...parts))({ ...request, messages }, { signal })
      if (typeof said !== "object") continue
      messages.push({ role: "assistant", content: said.content })
      ids.push(...[said.content].flat().flatMap((block) => (block.type === "tool_use" ? block.id : [])))
    }
    expect([ids.length, new Set(ids).size]).toEqual([3, 3])
  })
})
