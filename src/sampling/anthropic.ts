import { blocksOf, type Sampler } from "../components/sampling.ts"
import type { ContentBlock, CreateMessageRequestParams, SamplingMessageContentBlock } from "../spec/index.ts"
import { cannotSay, type ModelChoice, modelFor, toolResultText } from "./request.ts"
import { createSampler, type ModelApi, type Spoken } from "./sampler.ts"
import type { ToolNames } from "./tool-names.ts"

/** As much as is used of the client of `@anthropic-ai/sdk`. */
export interface AnthropicClient {
  /** Its messages interface. */
  readonly messages: { create(body: MessageBody, options: MessageOptions): PromiseLike<Message> }
}

/** What a message is asked with. */
export interface MessageBody {
  readonly model: string
  readonly max_tokens: number
  // The client's own type says more of it, and would have to be imported to be named.
  readonly messages: never[]
  readonly [field: string]: unknown
}

interface MessageOptions {
  readonly signal: AbortSignal
}

interface Message {
  readonly model: string
  readonly stop_reason: string | null
  readonly content: readonly { readonly type: string }[]
}

/** How Anthropic is asked. */
export interface AnthropicSamplerOptions {
  /** `new Anthropic()` of the package `@anthropic-ai/sdk`, or a client of the same shape. */
  readonly client: AnthropicClient
  /** The model, or what picks it by the request. */
  readonly model: ModelChoice
  /** Further fields of the request, such as `metadata`; they win. Default: none. */
  readonly body?: { readonly [field: string]: unknown }
}

const api: ModelApi = {
  name: "Anthropic",
  longestName: 128,
  stopReasons: /* @__PURE__ */ new Map([
    ["end_turn", "endTurn"],
    ["max_tokens", "maxTokens"],
    ["stop_sequence", "stopSequence"],
    ["tool_use", "toolUse"],
  ]),
}

/**
 * Answers sampling requests by the messages API of Anthropic.
 *
 * @example
 * import Anthropic from "@anthropic-ai/sdk"
 *
 * const handler = anthropicSampler({ client: new Anthropic(), model: "claude-haiku-4-5" })
 * const mcp = new FleetMCP("Demo", { sampling: { handler } })
 */
export function anthropicSampler({ client, model, body }: AnthropicSamplerOptions): Sampler {
  return createSampler(api, (request, names) => {
    const sent = { ...toBody(request, names), model: modelFor(model, request), ...body }
    return {
      ask: (signal) => client.messages.create(sent as MessageBody, { signal }),
      read: (message: Message) => toSpoken(message, names),
    }
  })
}

function toBody(request: CreateMessageRequestParams, names: ToolNames): object {
  const { systemPrompt, messages, tools, toolChoice, maxTokens, temperature, stopSequences } = request
  return {
    max_tokens: maxTokens,
    ...(tools === undefined
      ? undefined
      : {
          tools: tools.map(({ name, description, inputSchema }) => ({
            name: names.toApi(name),
            ...(description === undefined ? undefined : { description }),
            input_schema: inputSchema,
          })),
          tool_choice: { type: choices[toolChoice?.mode ?? "auto"] },
        }),
    messages: messages.map((message) => ({
      role: message.role,
      content: blocksOf(message).map((block) => toBlock(block, message.role, names)),
    })),
    ...(systemPrompt === undefined ? undefined : { system: systemPrompt }),
    ...(temperature === undefined ? undefined : { temperature }),
    ...(stopSequences === undefined ? undefined : { stop_sequences: stopSequences }),
  }
}

const choices = { auto: "auto", none: "none", required: "any" } as const

function toBlock(block: SamplingMessageContentBlock, role: string, names: ToolNames): object {
  switch (block.type) {
    case "text":
      return { type: "text", text: block.text }
    case "image":
      return toImage(block)
    case "tool_use":
      return { type: "tool_use", id: block.id, name: names.toApi(block.name), input: block.input }
    case "tool_result":
      return {
        type: "tool_result",
        tool_use_id: block.toolUseId,
        content: block.content.some(isImage) ? block.content.map(toResultPart) : toolResultText(block),
        ...(block.isError === true ? { is_error: true } : undefined),
      }
    case "audio":
      throw cannotSay(api.name, role, block)
  }
}

function isImage(block: ContentBlock): boolean {
  return block.type === "image"
}

function toResultPart(block: ContentBlock): object {
  if (block.type === "image") return toImage(block)
  return { type: "text", text: toolResultText({ type: "tool_result", toolUseId: "", content: [block] }) }
}

function toImage({ data, mimeType }: { readonly data: string; readonly mimeType: string }): object {
  return { type: "image", source: { type: "base64", media_type: mimeType, data } }
}

function toSpoken({ model, stop_reason: reason, content }: Message, names: ToolNames): Spoken {
  return { model, reason, content: content.flatMap((block) => fromBlock(block, names)) }
}

/** What the protocol has no word for, such as thoughts, is left out. */
function fromBlock(
  block: { readonly type: string },
  names: ToolNames,
): readonly SamplingMessageContentBlock[] {
  // By the API's own description of its blocks.
  const { type, text, id, name, input } = block as {
    readonly type: string
    readonly text: string
    readonly id: string
    readonly name: string
    readonly input: { readonly [name: string]: unknown }
  }
  if (type === "text") return [{ type, text }]
  return type === "tool_use" ? [{ type, id, name: names.fromApi(name), input }] : []
}
