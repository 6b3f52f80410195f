import type { InferOutput, Schema } from "../schema/schema.ts"
import type {
  CreateMessageRequestParams,
  CreateMessageResult,
  SamplingMessage,
  SamplingMessageContentBlock,
  ToolUseContent,
  Tool as WireTool,
} from "../spec/index.ts"
import type { Component } from "./component.ts"

/** A tool that a model may use: a value of `tool()`, whether the server offers it or not. */
export interface SamplingTool extends Component {
  readonly kind: "tool"
  /** The name. */
  readonly name: string
  /** What the model is told of it. */
  readonly definition: WireTool
  /** Runs it. */
  readonly invoke: (args: unknown, ctx: never) => unknown
}

/** What a model is asked; everything but `messages` may be left out. */
export interface SampleRequest<Output extends Schema | undefined = Schema | undefined>
  extends Omit<CreateMessageRequestParams, "_meta" | "maxTokens" | "messages" | "tools"> {
  /** The conversation so far. A string is a message of the user. */
  readonly messages: string | readonly (string | SamplingMessage)[]
  /** The most tokens of one answer. Default 1,000. */
  readonly maxTokens?: number
  /**
   * What the model may use. Values of `tool()` are run here, for the same caller and through the same checks; what is
   * only described is left to you. Default: nothing.
   */
  readonly tools?: readonly (SamplingTool | WireTool)[]
  /** How often the model is asked at most while it uses tools; 1 runs none. Default 8. */
  readonly maxSteps?: number
  /** What the answer is to be: it is asked for as JSON, checked, and asked for again up to twice. Default: any text. */
  readonly output?: Output
}

/** The last message of a model, and how it came to it. */
export interface Sampled<Data = undefined> extends CreateMessageResult {
  /** The texts of the message as one; empty without any. */
  readonly text: string
  /** The answer as the `output` schema makes it; `undefined` without one. */
  readonly data: Data
  /** What the model wants to use and was not run: with `maxSteps: 1`, or of tools that are only described. */
  readonly toolCalls: readonly ToolUseContent[]
  /** The whole conversation, with the last message, to go on from. */
  readonly messages: readonly SamplingMessage[]
}

/** What the `output` of a request makes of the answer. */
export type SampledData<Output> = Output extends Schema ? InferOutput<Output> : undefined

/** Answers sampling requests in the server's own process: with a model that the server itself calls. */
export type Sampler = (
  request: CreateMessageRequestParams,
  options: SamplerOptions,
) => string | CreateMessageResult | Promise<string | CreateMessageResult>

/** What a {@link Sampler} gets besides the request. */
export interface SamplerOptions {
  /** Aborted when the call that asks is over. */
  readonly signal: AbortSignal
}

/** Who answers `ctx.sample()` besides the client. */
export interface SamplingOptions {
  /** Answers with a model of the server's own. */
  readonly handler: Sampler
  /** `fallback`: only where the client cannot. `always`: no client is asked. Default `fallback`. */
  readonly mode?: "fallback" | "always"
}

/** The content of a message as a list. */
export function blocksOf({
  content,
}: Pick<SamplingMessage, "content">): readonly SamplingMessageContentBlock[] {
  // `Array.isArray` does not know lists that are read-only.
  return Array.isArray(content) ? content : [content as SamplingMessageContentBlock]
}

/** The texts of a message as one. */
export function textOf(message: Pick<SamplingMessage, "content">): string {
  return blocksOf(message)
    .map((block) => (block.type === "text" ? block.text : ""))
    .join("")
}
