import { createServer } from "node:http"
import { createOpenAI } from "@ai-sdk/openai"
import Anthropic from "@anthropic-ai/sdk"
import { GoogleGenAI } from "@google/genai"
import OpenAI from "openai"
import { onTestFinished } from "vitest"
import type { Sampler } from "../../src/index.ts"
import { aiSampler } from "../../src/sampling/ai.ts"
import { anthropicSampler } from "../../src/sampling/anthropic.ts"
import { googleSampler } from "../../src/sampling/google.ts"
import { openaiSampler } from "../../src/sampling/openai.ts"

/** What a provider answers: words, a call of a tool, or an HTTP status. */
export type Turn =
  | { readonly words: string; readonly isCut?: boolean }
  | { readonly tool: string; readonly input: object }
  | { readonly status: number }
  | "never"

export interface Heard {
  readonly path: string
  // biome-ignore lint/suspicious/noExplicitAny: each provider has words of its own.
  readonly body: Record<string, any>
}

/** A provider of models: its own client over HTTP, and its wire format. */
export interface Provider {
  readonly name: string
  readonly sampler: (url: string) => Sampler
  /** A client that gives up soon. */
  readonly hasty: (url: string) => Sampler
  readonly answer: (turn: Turn) => object
  /** What the body says of the tool's result. */
  readonly result: (heard: Heard) => unknown
  readonly expectedResult: unknown
  /** A request that says everything, as it arrives. */
  readonly expectedRequest: Heard
  /** What the body says of the tools. */
  readonly toolNames: (heard: Heard) => unknown
  /** What the body says of an image. */
  readonly image: (heard: Heard) => unknown
  readonly expectedImage: unknown
}

const model = "model-1"
const key = { apiKey: "key" }
const once = { maxRetries: 0 }

const parameters = {
  type: "object",
  properties: { a: { type: "number" }, b: { type: "number" } },
  required: ["a", "b"],
}

/** A request to a chat, but for what it is called there. */
const chatBody = {
  model,
  temperature: 0.5,
  stop: ["."],
  tools: [{ type: "function", function: { name: "math_add", description: "Adds", parameters } }],
  tool_choice: "required",
}

function chatAnswer(turn: Turn): object {
  const calls =
    typeof turn === "object" && "tool" in turn
      ? [
          {
            id: "call-1",
            type: "function",
            function: { name: turn.tool, arguments: JSON.stringify(turn.input) },
          },
        ]
      : undefined
  const words = typeof turn === "object" && "words" in turn ? turn : undefined
  return {
    id: "chat-1",
    object: "chat.completion",
    created: 1,
    model: "model-1-full",
    choices: [
      {
        index: 0,
        finish_reason: calls ? "tool_calls" : words?.isCut ? "length" : "stop",
        message: { role: "assistant", content: words?.words ?? null, ...(calls && { tool_calls: calls }) },
      },
    ],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  }
}

const chat = {
  answer: chatAnswer,
  result: ({ body }: Heard) => body.messages.find(({ role }: { role: string }) => role === "tool"),
  toolNames: ({ body }: Heard) => body.tools.map((one: { function: { name: string } }) => one.function.name),
  expectedResult: { role: "tool", tool_call_id: "call-1", content: "3" },
  image: ({ body }: Heard) => body.messages.at(-1).content.at(-1).image_url.url,
  expectedImage: "data:image/png;base64,AAAA",
}

export const providers: readonly Provider[] = [
  {
    ...chat,
    name: "openai",
    expectedRequest: {
      path: "/v1/chat/completions",
      body: {
        ...chatBody,
        max_completion_tokens: 100,
        messages: [
          { role: "system", content: "Be brief" },
          { role: "user", content: [{ type: "text", text: "Hello" }] },
        ],
      },
    },
    sampler: (url) => openaiSampler({ client: new OpenAI({ ...key, ...once, baseURL: `${url}/v1` }), model }),
    hasty: (url) =>
      openaiSampler({ client: new OpenAI({ ...key, ...once, baseURL: `${url}/v1`, timeout: 20 }), model }),
  },
  {
    ...chat,
    name: "ai",
    expectedRequest: {
      path: "/v1/chat/completions",
      body: {
        ...chatBody,
        max_tokens: 100,
        messages: [
          { role: "system", content: "Be brief" },
          { role: "user", content: "Hello" },
        ],
      },
    },
    sampler: (url) => aiSampler({ model: createOpenAI({ ...key, baseURL: `${url}/v1` }).chat(model) }),
    hasty: (url) =>
      aiSampler({
        model: createOpenAI({
          ...key,
          baseURL: `${url}/v1`,
          fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(20) }),
        }).chat(model),
      }),
  },
  {
    name: "anthropic",
    sampler: (url) => anthropicSampler({ client: new Anthropic({ ...key, ...once, baseURL: url }), model }),
    hasty: (url) =>
      anthropicSampler({ client: new Anthropic({ ...key, ...once, baseURL: url, timeout: 20 }), model }),
    answer: (turn) => ({
      id: "msg-1",
      type: "message",
      role: "assistant",
      model: "model-1-full",
      stop_sequence: null,
      ...(typeof turn === "object" && "tool" in turn
        ? {
            stop_reason: "tool_use",
            content: [{ type: "tool_use", id: "call-1", name: turn.tool, input: turn.input }],
          }
        : {
            stop_reason:
              typeof turn === "object" && "words" in turn && turn.isCut ? "max_tokens" : "end_turn",
            content: [
              { type: "thinking", thinking: "Hm.", signature: "s" },
              { type: "text", text: typeof turn === "object" && "words" in turn ? turn.words : "" },
            ],
          }),
      usage: { input_tokens: 1, output_tokens: 1 },
    }),
    result: ({ body }) => body.messages.at(-1).content[0],
    expectedResult: { type: "tool_result", tool_use_id: "call-1", content: "3" },
    expectedRequest: {
      path: "/v1/messages",
      body: {
        model,
        max_tokens: 100,
        system: "Be brief",
        temperature: 0.5,
        stop_sequences: ["."],
        tools: [{ name: "math_add", description: "Adds", input_schema: parameters }],
        tool_choice: { type: "any" },
        messages: [{ role: "user", content: [{ type: "text", text: "Hello" }] }],
      },
    },
    toolNames: ({ body }) => body.tools.map(({ name }: { name: string }) => name),
    image: ({ body }) => body.messages.at(-1).content.at(-1),
    expectedImage: { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } },
  },
  {
    name: "google",
    sampler: (url) =>
      googleSampler({ client: new GoogleGenAI({ ...key, httpOptions: { baseUrl: url } }), model }),
    hasty: (url) =>
      googleSampler({
        client: new GoogleGenAI({ ...key, httpOptions: { baseUrl: url, timeout: 20 } }),
        model,
      }),
    answer: (turn) => ({
      modelVersion: "model-1-full",
      candidates: [
        {
          finishReason: typeof turn === "object" && "words" in turn && turn.isCut ? "MAX_TOKENS" : "STOP",
          content: {
            role: "model",
            parts:
              typeof turn === "object" && "tool" in turn
                ? [{ functionCall: { name: turn.tool, args: turn.input }, thoughtSignature: "c2ln" }]
                : [
                    { text: "Hm.", thought: true },
                    { text: typeof turn === "object" && "words" in turn ? turn.words : "" },
                  ],
          },
        },
      ],
    }),
    result: ({ body }) => [body.contents.at(-2).parts[0].thoughtSignature, body.contents.at(-1).parts[0]],
    expectedResult: ["c2ln", { functionResponse: { name: "math_add", response: { output: "3" } } }],
    expectedRequest: {
      path: "/v1beta/models/model-1:generateContent",
      body: {
        contents: [{ role: "user", parts: [{ text: "Hello" }] }],
        systemInstruction: { role: "user", parts: [{ text: "Be brief" }] },
        generationConfig: { maxOutputTokens: 100, temperature: 0.5, stopSequences: ["."] },
        tools: [
          {
            functionDeclarations: [
              { name: "math_add", description: "Adds", parametersJsonSchema: parameters },
            ],
          },
        ],
        toolConfig: { functionCallingConfig: { mode: "ANY" } },
      },
    },
    toolNames: ({ body }) => body.tools[0].functionDeclarations.map(({ name }: { name: string }) => name),
    image: ({ body }) => body.contents.at(-1).parts.at(-1),
    expectedImage: { inlineData: { data: "AAAA", mimeType: "image/png" } },
  },
]

/** Serves a provider's wire format on a port of this machine, one turn for each request. */
export async function serveProvider(provider: Provider, ...turns: readonly Turn[]) {
  const heard: Heard[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    heard.push({ path: request.url ?? "", body: JSON.parse(Buffer.concat(chunks).toString()) })
    const turn = turns[heard.length - 1] ?? { words: "" }
    if (turn === "never") return
    const status = "status" in turn ? turn.status : 200
    const body =
      status === 200 ? provider.answer(turn) : { error: { message: "secret-account-7", code: status } }
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  })
  const address = server.address()
  const port = typeof address === "object" ? address?.port : 0
  return { url: `http://127.0.0.1:${port}`, heard }
}
