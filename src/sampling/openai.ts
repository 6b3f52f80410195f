import { blocksOf, type Sampler } from "../components/sampling.ts"
import { SamplingFailed } from "../errors/sampling.ts"
import type {
  CreateMessageRequestParams,
  SamplingMessage,
  SamplingMessageContentBlock,
} from "../spec/index.ts"
import { cannotSay, dataUrl, type ModelChoice, modelFor, readArguments, toolResultText } from "./request.ts"
import { createSampler, type ModelApi, type Spoken } from "./sampler.ts"
import type { ToolNames } from "./tool-names.ts"

/** As much as is used of the client of `openai`, or of another that speaks its chat completions. */
export interface OpenAIClient {
  /** Its chat interface. */
  readonly chat: {
    readonly completions: { create(body: ChatBody, options: ChatOptions): PromiseLike<Completion> }
  }
}

/** What a chat completion is asked with. */
export interface ChatBody {
  readonly model: string
  // The client's own type says more of it, and would have to be imported to be named.
  readonly messages: never[]
  readonly [field: string]: unknown
}

interface ChatOptions {
  readonly signal: AbortSignal
}

interface Completion {
  readonly model: string
  readonly choices: readonly {
    readonly finish_reason: string
    readonly message: {
      readonly content: string | null
      readonly refusal?: string | null
      // Some that speak the same say so where there is none.
      readonly tool_calls?: readonly ToolCall[] | null
    }
  }[]
}

interface ToolCall {
  readonly id: string
  readonly type: string
  readonly function?: { readonly name: string; readonly arguments: string }
}

/** How OpenAI is asked. */
export interface OpenAISamplerOptions {
  /** `new OpenAI()` of the package `openai`, or a client of the same shape. */
  readonly client: OpenAIClient
  /** The model, or what picks it by the request. */
  readonly model: ModelChoice
  /** Further fields of the request, such as `reasoning_effort`; they win. Default: none. */
  readonly body?: { readonly [field: string]: unknown }
}

const api: ModelApi = {
  name: "OpenAI",
  longestName: 64,
  stopReasons: /* @__PURE__ */ new Map([
    ["stop", "endTurn"],
    ["length", "maxTokens"],
    ["tool_calls", "toolUse"],
  ]),
}

/**
 * Answers sampling requests by the chat completions of OpenAI, or of another API that speaks them.
 *
 * @example
 * import OpenAI from "openai"
 *
 * const handler = openaiSampler({ client: new OpenAI(), model: "gpt-5-mini" })
 * const mcp = new FleetMCP("Demo", { sampling: { handler } })
 */
export function openaiSampler({ client, model, body }: OpenAISamplerOptions): Sampler {
  return createSampler(api, (request, names) => {
    const sent = { ...toBody(request, names), model: modelFor(model, request), ...body }
    return {
      ask: (signal) => client.chat.completions.create(sent as ChatBody, { signal }),
      read: (completion: Completion) => toSpoken(completion, names),
    }
  })
}

function toBody(request: CreateMessageRequestParams, names: ToolNames): object {
  const { systemPrompt, messages, tools, toolChoice, maxTokens, temperature, stopSequences } = request
  // First, so that names depend on the tools alone.
  const functions = tools?.map(({ name, description, inputSchema }) => ({
    type: "function",
    function: { name: names.toApi(name), description, parameters: inputSchema },
  }))
  return {
    messages: [
      ...(systemPrompt === undefined ? [] : [{ role: "system", content: systemPrompt }]),
      ...messages.flatMap((message) => toMessages(message, names)),
    ],
    max_completion_tokens: maxTokens,
    temperature,
    stop: stopSequences,
    ...(functions === undefined ? undefined : { tools: functions, tool_choice: toolChoice?.mode ?? "auto" }),
  }
}

function toMessages(message: SamplingMessage, names: ToolNames): readonly object[] {
  const blocks = blocksOf(message)
  if (message.role === "assistant") return [toAssistant(blocks, names)]
  const results = blocks.filter((block) => block.type === "tool_result")
  const rest = blocks.filter((block) => block.type !== "tool_result")
  return [
    ...results.map((block) => ({
      role: "tool",
      tool_call_id: block.toolUseId,
      content: toolResultText(block),
    })),
    ...(rest.length === 0 ? [] : [{ role: "user", content: rest.map(toPart) }]),
  ]
}

function toAssistant(blocks: readonly SamplingMessageContentBlock[], names: ToolNames): object {
  const texts: string[] = []
  const calls: object[] = []
  for (const block of blocks) {
    if (block.type === "text") texts.push(block.text)
    else if (block.type === "tool_use")
      calls.push({
        id: block.id,
        type: "function",
        function: { name: names.toApi(block.name), arguments: JSON.stringify(block.input) },
      })
    else throw cannotSay(api.name, "assistant", block)
  }
  return {
    role: "assistant",
    content: texts.length === 0 ? null : texts.join(""),
    ...(calls.length === 0 ? undefined : { tool_calls: calls }),
  }
}

function toPart(block: SamplingMessageContentBlock): object {
  switch (block.type) {
    case "text":
      return { type: "text", text: block.text }
    case "image":
      return { type: "image_url", image_url: { url: dataUrl(block) } }
    case "audio": {
      const format = audioFormats[block.mimeType]
      if (format === undefined) throw cannotSay(api.name, "user", block)
      return { type: "input_audio", input_audio: { data: block.data, format } }
    }
    default:
      throw cannotSay(api.name, "user", block)
  }
}

const audioFormats: { readonly [mimeType: string]: string | undefined } = {
  "audio/wav": "wav",
  "audio/x-wav": "wav",
  "audio/mpeg": "mp3",
  "audio/mp3": "mp3",
}

function toSpoken({ model, choices }: Completion, names: ToolNames): Spoken {
  const [choice] = choices
  if (choice === undefined) throw new SamplingFailed(`${api.name} gave no answer.`, { fix: "Ask again." })
  const { content, refusal, tool_calls: calls } = choice.message
  const text = content ?? refusal ?? ""
  const uses = (calls ?? []).flatMap(({ id, function: called }) =>
    called === undefined
      ? []
      : [
          {
            type: "tool_use",
            id,
            name: names.fromApi(called.name),
            input: readArguments(api.name, called.arguments),
          } as const,
        ],
  )
  const said = text === "" && uses.length > 0 ? [] : [{ type: "text", text } as const]
  return { model, reason: choice.finish_reason, content: [...said, ...uses] }
}
