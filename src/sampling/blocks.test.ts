import { describe, expect, it } from "vitest"
import { SamplingFailed } from "../errors/sampling.ts"
import type { CreateMessageRequestParams, SamplingMessage } from "../spec/index.ts"
import { aiSampler } from "./ai.ts"
import { anthropicSampler } from "./anthropic.ts"
import { openaiSampler } from "./openai.ts"

const options = { signal: new AbortController().signal }
const picture = { type: "image", data: "AAAA", mimeType: "image/png" } as const

const ask = (...messages: readonly SamplingMessage[]): CreateMessageRequestParams => ({
  maxTokens: 9,
  messages,
})

/** A tool that was used, and what it had to say. */
const used: readonly SamplingMessage[] = [
  { role: "assistant", content: { type: "tool_use", id: "1", name: "look", input: {} } },
  {
    role: "user",
    content: [
      {
        type: "tool_result",
        toolUseId: "1",
        isError: true,
        content: [{ type: "text", text: "dark" }, picture],
      },
    ],
  },
]

describe("openai", () => {
  const sampler = (message: object, bodies: object[] = []) =>
    openaiSampler({
      model: ({ modelPreferences }) => modelPreferences?.hints?.[0]?.name ?? "default",
      body: { seed: 1 },
      client: {
        chat: {
          completions: {
            create: async (body) => {
              bodies.push(body)
              return {
                model: "m",
                choices: [{ finish_reason: "stop", message: message as { content: null } }],
              }
            },
          },
        },
      },
    })

  it("asks the model that follows from the request, with further fields", async () => {
    const bodies: object[] = []
    const request = { ...ask(), modelPreferences: { hints: [{ name: "fast" }] } }
    await sampler({ content: "x" }, bodies)(request, options)
    expect(bodies).toMatchObject([{ model: "fast", seed: 1 }])
  })

  it("hears sounds of two formats", async () => {
    const bodies: object[] = []
    const sound = (mimeType: string) =>
      ask({ role: "user", content: { type: "audio", data: "AAAA", mimeType } })
    await sampler({ content: "x" }, bodies)(sound("audio/wav"), options)
    expect(bodies).toMatchObject([
      { messages: [{ content: [{ type: "input_audio", input_audio: { data: "AAAA", format: "wav" } }] }] },
    ])
    await expect(sampler({ content: "x" })(sound("audio/ogg"), options)).rejects.toThrow(
      "OpenAI takes no `audio/ogg` in a message of the user.",
    )
  })

  it("is told in words what a tool gave", async () => {
    const bodies: object[] = []
    await sampler({ content: "x" }, bodies)(ask(...used), options)
    expect(bodies).toMatchObject([
      { messages: [{ tool_calls: [{ id: "1" }] }, { tool_call_id: "1", content: "dark\n<image/png>" }] },
    ])
  })

  it("refuses in words", async () => {
    expect(await sampler({ content: null, refusal: "No." })(ask(), options)).toMatchObject({
      content: [{ type: "text", text: "No." }],
    })
  })

  it.each(["{", "[]", "5"])("that writes arguments that are no object fails: %s", async (json) => {
    const tool_calls = [{ id: "1", type: "function", function: { name: "t", arguments: json } }]
    await expect(sampler({ content: null, tool_calls })(ask(), options)).rejects.toThrow(SamplingFailed)
  })
})

describe("anthropic", () => {
  it("sees what a tool has seen", async () => {
    const bodies: object[] = []
    const create = async (body: object) => {
      bodies.push(body)
      return { model: "m", stop_reason: "refusal", content: [] }
    }
    const sampler = anthropicSampler({ client: { messages: { create } }, model: "m" })
    expect(await sampler(ask(...used), options)).toMatchObject({ stopReason: "refusal", content: [] })
    expect(bodies).toMatchObject([
      {
        messages: [
          { content: [{ type: "tool_use", id: "1" }] },
          { content: [{ is_error: true, content: [{ text: "dark" }, { source: { data: "AAAA" } }] }] },
        ],
      },
    ])
  })
})

describe("a model of the AI SDK", () => {
  const providerMetadata = { google: { thoughtSignature: "s" }, openai: { itemId: "i" } }
  const model = (specificationVersion: string, calls: object[]) => ({
    specificationVersion,
    modelId: "m",
    doGenerate: async (call: object) => {
      calls.push(call)
      const part = { type: "tool-call", toolCallId: "1", toolName: "look", input: "{}", providerMetadata }
      return { content: [{ type: "reasoning", text: "Hm." }, part], finishReason: { unified: "tool-calls" } }
    },
  })

  it.each([
    ["v2", "AAAA"],
    ["v3", "AAAA"],
    ["v4", { type: "data", data: "AAAA" }],
  ])("of version %s sees images as it wants them", async (version, data) => {
    const calls: object[] = []
    await aiSampler({ model: model(version, calls) })(ask({ role: "user", content: picture }), options)
    expect(calls).toMatchObject([{ prompt: [{ content: [{ type: "file", mediaType: "image/png", data }] }] }])
  })

  it("gets back the signature of its thoughts, and nothing else of its own", async () => {
    const calls: object[] = []
    const sampler = aiSampler({ model: model("v3", calls) })
    const answer = await sampler(ask(), options)
    if (typeof answer === "string") return
    await sampler(ask({ role: "assistant", content: answer.content }), options)
    expect(calls[1]).toMatchObject({
      prompt: [{ content: [{ type: "tool-call", providerOptions: { google: { thoughtSignature: "s" } } }] }],
    })
    expect(JSON.stringify(calls[1])).not.toContain("itemId")
  })
})
