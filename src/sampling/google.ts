import { blocksOf, type Sampler } from "../components/sampling.ts"
import type {
  CreateMessageRequestParams,
  CreateMessageResult,
  SamplingMessage,
  SamplingMessageContentBlock,
} from "../spec/index.ts"
import { askApi } from "./model-failure.ts"
import { type ModelChoice, modelFor, toolResultText } from "./request.ts"
import { ToolNames } from "./tool-names.ts"

/** As much as is used of the client of `@google/genai`. */
export interface GoogleClient {
  /** Its models. */
  readonly models: { generateContent(request: ContentRequest): PromiseLike<ContentResponse> }
}

/** What content is asked with. */
export interface ContentRequest {
  readonly model: string
  // The client's own type says more of it, and would have to be imported to be named.
  readonly contents: never[]
  readonly config: { readonly abortSignal: AbortSignal }
}

interface ContentResponse {
  readonly modelVersion?: string | undefined
  readonly candidates?:
    | readonly {
        readonly finishReason?: string | undefined
        readonly content?: { readonly parts?: readonly Part[] | undefined } | undefined
      }[]
    | undefined
}

interface Part {
  readonly text?: string | undefined
  readonly thought?: boolean | undefined
  readonly thoughtSignature?: string | undefined
  readonly inlineData?:
    | { readonly data?: string | undefined; readonly mimeType?: string | undefined }
    | undefined
  readonly functionCall?:
    | {
        readonly id?: string | undefined
        readonly name?: string | undefined
        readonly args?: { readonly [name: string]: unknown } | undefined
      }
    | undefined
}

/** How Google is asked. */
export interface GoogleSamplerOptions {
  /** `new GoogleGenAI({ apiKey })` of the package `@google/genai`, or a client of the same shape. */
  readonly client: GoogleClient
  /** The model, or what picks it by the request. */
  readonly model: ModelChoice
  /** Further fields of the request's `config`, such as `thinkingConfig`; they win. Default: none. */
  readonly config?: { readonly [field: string]: unknown }
}

const api = "Google"

/** Begins the ids of calls for which the API has none: it need not know them. */
const ownIds = "fleetmcp-call-"

/** Where a thought's signature goes while the tool runs: the API demands it back. */
const signatureKey = "fleetmcp/thoughtSignature"

/**
 * Answers sampling requests by the Gemini API of Google.
 *
 * @example
 * import { GoogleGenAI } from "@google/genai"
 *
 * const handler = googleSampler({ client: new GoogleGenAI({ apiKey: process.env.GEMINI_API_KEY ?? "" }), model: "gemini-2.5-flash" })
 * const mcp = new FleetMCP("Demo", { sampling: { handler } })
 */
export function googleSampler({ client, model, config }: GoogleSamplerOptions): Sampler {
  return async (request, { signal }) => {
    const names = new ToolNames(64)
    const chosen = modelFor(model, request)
    const sent = {
      model: chosen,
      config: { ...toConfig(request, names), abortSignal: signal, ...config },
      contents: toContents(request.messages, names),
    }
    const response = await askApi(api, signal, () =>
      client.models.generateContent(sent as unknown as ContentRequest),
    )
    return toResult(response, { chosen, names, ids: idsIn(request.messages) })
  }
}

function toConfig(request: CreateMessageRequestParams, names: ToolNames): object {
  const { systemPrompt, tools, toolChoice, maxTokens, temperature, stopSequences } = request
  const functionDeclarations = tools?.map(({ name, description, inputSchema }) => ({
    name: names.toApi(name),
    description,
    parametersJsonSchema: inputSchema,
  }))
  return {
    maxOutputTokens: maxTokens,
    ...(systemPrompt === undefined ? undefined : { systemInstruction: systemPrompt }),
    ...(temperature === undefined ? undefined : { temperature }),
    ...(stopSequences === undefined ? undefined : { stopSequences: [...stopSequences] }),
    ...(functionDeclarations === undefined
      ? undefined
      : {
          tools: [{ functionDeclarations }],
          toolConfig: { functionCallingConfig: { mode: modes[toolChoice?.mode ?? "auto"] } },
        }),
  }
}

const modes = { auto: "AUTO", none: "NONE", required: "ANY" } as const

function toContents(messages: readonly SamplingMessage[], names: ToolNames): readonly object[] {
  return messages.map((message) => ({
    role: message.role === "assistant" ? "model" : "user",
    parts: blocksOf(message).map((block) => toPart(block, names)),
  }))
}

function toPart(block: SamplingMessageContentBlock, names: ToolNames): object {
  switch (block.type) {
    case "text":
      return { text: block.text }
    case "image":
    case "audio":
      return { inlineData: { data: block.data, mimeType: block.mimeType } }
    case "tool_use": {
      const signature = block._meta?.[signatureKey]
      return {
        functionCall: { ...idOf(block.id), name: names.ofUse(block), args: block.input },
        ...(signature === undefined ? undefined : { thoughtSignature: signature }),
      }
    }
    case "tool_result": {
      const text = toolResultText(block)
      return {
        functionResponse: {
          ...idOf(block.toolUseId),
          name: names.ofResult(block.toolUseId),
          response: block.isError === true ? { error: text } : { output: text },
        },
      }
    }
  }
}

function idOf(id: string): object | undefined {
  return id.startsWith(ownIds) ? undefined : { id }
}

/** How many calls have ids already. */
function idsIn(messages: readonly SamplingMessage[]): number {
  return messages.flatMap(blocksOf).filter(({ type }) => type === "tool_use").length
}

interface Answered {
  readonly chosen: string
  readonly names: ToolNames
  readonly ids: number
}

function toResult(
  { candidates, modelVersion }: ContentResponse,
  { chosen, names, ids }: Answered,
): CreateMessageResult {
  const candidate = candidates?.[0]
  const blocks = (candidate?.content?.parts ?? []).flatMap((part, at) =>
    fromPart(part, `${ownIds}${ids + at + 1}`, names),
  )
  const usesTools = blocks.some(({ type }) => type === "tool_use")
  const reason = candidate?.finishReason
  return {
    role: "assistant",
    model: modelVersion ?? chosen,
    content: blocks,
    // The API has no reason of its own for it.
    stopReason: usesTools ? "toolUse" : (stopReasons[reason ?? "STOP"] ?? reason),
  }
}

function fromPart(part: Part, id: string, names: ToolNames): readonly SamplingMessageContentBlock[] {
  const { text, thought, functionCall, inlineData, thoughtSignature } = part
  if (functionCall !== undefined) {
    return [
      {
        type: "tool_use",
        id: functionCall.id ?? id,
        name: names.fromApi(functionCall.name ?? ""),
        // An object of JSON.
        input: functionCall.args ?? {},
        ...(thoughtSignature === undefined ? undefined : { _meta: { [signatureKey]: thoughtSignature } }),
      },
    ]
  }
  if (inlineData?.data !== undefined && inlineData.mimeType?.startsWith("image/") === true)
    return [{ type: "image", data: inlineData.data, mimeType: inlineData.mimeType }]
  return text === undefined || thought === true ? [] : [{ type: "text", text }]
}

/** The words of the protocol; other reasons stay in the API's. */
const stopReasons: { readonly [reason: string]: string | undefined } = {
  STOP: "endTurn",
  MAX_TOKENS: "maxTokens",
}
