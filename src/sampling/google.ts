import { blocksOf, type Sampler } from "../components/sampling.ts"
import { SamplingFailed } from "../errors/sampling.ts"
import { clip } from "../shared/clip.ts"
import type {
  CreateMessageRequestParams,
  SamplingMessage,
  SamplingMessageContentBlock,
} from "../spec/index.ts"
import { type ModelChoice, modelFor, toolResultText } from "./request.ts"
import { createSampler, type ModelApi, type Spoken } from "./sampler.ts"
import type { ToolNames } from "./tool-names.ts"

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
  readonly promptFeedback?: { readonly blockReason?: string | undefined } | undefined
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

const api: ModelApi = {
  name: "Google",
  longestName: 64,
  stopReasons: /* @__PURE__ */ new Map([
    ["STOP", "endTurn"],
    ["MAX_TOKENS", "maxTokens"],
    ["TOOL_USE", "toolUse"],
  ]),
}

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
  return createSampler(api, (request, names) => {
    const chosen = modelFor(model, request)
    const own = toConfig(request, names)
    const contents = toContents(request.messages, names)
    return {
      ask(signal) {
        const sent = { model: chosen, config: { ...own, abortSignal: signal, ...config }, contents }
        return client.models.generateContent(sent as unknown as ContentRequest)
      },
      read: (response: ContentResponse) =>
        toSpoken(response, { chosen, names, calls: callsIn(request.messages) }),
    }
  })
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

/** How many calls of tools there were already. */
function callsIn(messages: readonly SamplingMessage[]): number {
  return messages.flatMap(blocksOf).filter(({ type }) => type === "tool_use").length
}

interface Asked {
  readonly chosen: string
  readonly names: ToolNames
  readonly calls: number
}

function toSpoken(response: ContentResponse, { chosen, names, calls }: Asked): Spoken {
  const { candidates, modelVersion, promptFeedback } = response
  const candidate = candidates?.[0]
  if (candidate === undefined) throw noAnswer(promptFeedback?.blockReason)
  let count = calls
  const content = (candidate.content?.parts ?? []).flatMap((part) => {
    if (part.functionCall !== undefined) count++
    return fromPart(part, `${ownIds}${count}`, names)
  })
  // The API has no reason of its own for it.
  const reason = count > calls ? "TOOL_USE" : candidate.finishReason
  return { model: modelVersion ?? chosen, content, reason }
}

function noAnswer(blockReason: string | undefined): SamplingFailed {
  const why = blockReason === undefined ? "" : `: it blocked the request (${clip(blockReason)})`
  return new SamplingFailed(`${api.name} gave no answer${why}.`, { fix: "Ask otherwise, or another model." })
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
