import { blocksOf, type Sampler } from "../components/sampling.ts"
import type {
  CreateMessageRequestParams,
  SamplingMessage,
  SamplingMessageContentBlock,
} from "../spec/index.ts"
import { readArguments, toolResultText } from "./request.ts"
import { createSampler, type ModelApi, type Spoken } from "./sampler.ts"
import type { ToolNames } from "./tool-names.ts"

/** As much as is used of a language model of the AI SDK, such as `openai("gpt-5-mini")` of `@ai-sdk/openai`. */
export interface AIModel {
  /** Which version of the SDK's interface it implements: `v2` to `v4`. */
  readonly specificationVersion: string
  /** The name of the model. */
  readonly modelId: string
  /** Asks it. */
  doGenerate(options: AICall): PromiseLike<AIAnswer>
}

/** What a model is asked with. */
export interface AICall {
  // The SDK's own type says more of it, and would have to be imported to be named.
  readonly prompt: never[]
  readonly abortSignal: AbortSignal
}

interface AIAnswer {
  readonly content: readonly { readonly type: string }[]
  /** A word, or from the third version of the SDK's interface on an object that holds it. */
  readonly finishReason: string | { readonly unified: string }
  readonly response?: { readonly modelId?: string | undefined } | undefined
}

/** How a model of the AI SDK is asked. */
export interface AISamplerOptions {
  /** The model, or what picks it by the request, such as by its `modelPreferences`. */
  readonly model: AIModel | ((request: CreateMessageRequestParams) => AIModel)
  /** Further fields of the call, such as `providerOptions`; they win. Default: none. */
  readonly call?: { readonly [field: string]: unknown }
}

const api: ModelApi = {
  name: "The model",
  longestName: 64,
  stopReasons: /* @__PURE__ */ new Map([
    ["stop", "endTurn"],
    ["length", "maxTokens"],
    ["tool-calls", "toolUse"],
  ]),
}

/** Where signatures go while the tool runs: some providers demand them back. */
const signaturesKey = "fleetmcp/providerOptions"

/** How one model wants to be spoken to. */
interface Dialect {
  readonly names: ToolNames
  readonly version: string
}

/**
 * Answers sampling requests by a language model of the AI SDK (`ai`), whoever provides it.
 *
 * @example
 * import { openai } from "@ai-sdk/openai"
 *
 * const handler = aiSampler({ model: openai("gpt-5-mini") })
 * const mcp = new FleetMCP("Demo", { sampling: { handler } })
 */
export function aiSampler({ model, call }: AISamplerOptions): Sampler {
  return createSampler(api, (request, names) => {
    const chosen = typeof model === "function" ? model(request) : model
    const own = toCall(request, { names, version: chosen.specificationVersion })
    return {
      ask: (signal) => chosen.doGenerate({ ...own, abortSignal: signal, ...call } as unknown as AICall),
      read: (answer: AIAnswer) => toSpoken(answer, chosen.modelId, names),
    }
  })
}

function toCall(request: CreateMessageRequestParams, { names, version }: Dialect): object {
  const { systemPrompt, messages, tools, toolChoice, maxTokens, temperature, stopSequences } = request
  const functions = tools?.map(({ name, description, inputSchema }) => ({
    type: "function",
    name: names.toApi(name),
    description,
    inputSchema,
  }))
  return {
    prompt: [
      ...(systemPrompt === undefined ? [] : [{ role: "system", content: systemPrompt }]),
      ...messages.flatMap((message) => toMessages(message, { names, version })),
    ],
    maxOutputTokens: maxTokens,
    temperature,
    stopSequences,
    ...(functions === undefined
      ? undefined
      : { tools: functions, toolChoice: { type: toolChoice?.mode ?? "auto" } }),
  }
}

/** What tools had to say is a message of its own. */
function toMessages(message: SamplingMessage, dialect: Dialect): readonly object[] {
  const blocks = blocksOf(message)
  const results = blocks.filter(({ type }) => type === "tool_result")
  const rest = blocks.filter(({ type }) => type !== "tool_result")
  return [
    { role: "tool", content: results.map((block) => toPart(block, dialect)) },
    { role: message.role, content: rest.map((block) => toPart(block, dialect)) },
  ].filter(({ content }) => content.length > 0)
}

function toPart(block: SamplingMessageContentBlock, { names, version }: Dialect): object {
  switch (block.type) {
    case "text":
      return { type: "text", text: block.text }
    case "image":
    case "audio": {
      const { data, mimeType: mediaType } = block
      // From the fourth version on, data says what it is.
      return {
        type: "file",
        mediaType,
        data: version === "v2" || version === "v3" ? data : { type: "data", data },
      }
    }
    case "tool_use": {
      const providerOptions = block._meta?.[signaturesKey]
      return {
        type: "tool-call",
        toolCallId: block.id,
        toolName: names.ofUse(block),
        input: block.input,
        ...(providerOptions === undefined ? undefined : { providerOptions }),
      }
    }
    case "tool_result":
      return {
        type: "tool-result",
        toolCallId: block.toolUseId,
        toolName: names.ofResult(block.toolUseId),
        output: { type: block.isError === true ? "error-text" : "text", value: toolResultText(block) },
      }
  }
}

function toSpoken({ content, finishReason, response }: AIAnswer, modelId: string, names: ToolNames): Spoken {
  return {
    model: response?.modelId ?? modelId,
    reason: typeof finishReason === "string" ? finishReason : finishReason.unified,
    content: content.flatMap((part) => fromPart(part, names)),
  }
}

/** What the protocol has no word for, such as reasoning and sources, is left out. */
function fromPart(part: { readonly type: string }, names: ToolNames): readonly SamplingMessageContentBlock[] {
  // By the SDK's own description of its parts.
  const { type, text, toolCallId, toolName, input, providerMetadata } = part as {
    readonly type: string
    readonly text: string
    readonly toolCallId: string
    readonly toolName: string
    readonly input: string
    readonly providerMetadata?: { readonly [provider: string]: { readonly thoughtSignature?: unknown } }
  }
  if (type === "text") return [{ type, text }]
  if (type !== "tool-call") return []
  const signed = Object.entries(providerMetadata ?? {}).filter(
    ([, own]) => own.thoughtSignature !== undefined,
  )
  return [
    {
      type: "tool_use",
      id: toolCallId,
      name: names.fromApi(toolName),
      input: readArguments(api.name, input),
      ...(signed.length === 0 ? undefined : { _meta: { [signaturesKey]: Object.fromEntries(signed) } }),
    },
  ]
}
