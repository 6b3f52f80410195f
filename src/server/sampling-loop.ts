import type { AskOptions } from "../components/context.ts"
import { isInputRequired } from "../components/input-required.ts"
import {
  blocksOf,
  type Sampled,
  type SampleRequest,
  type SamplingTool,
  textOf,
} from "../components/sampling.ts"
import { FleetError } from "../errors/fleet-error.ts"
import { InvalidAnswer } from "../errors/rounds.ts"
import { UnusableSample } from "../errors/sampling.ts"
import type { Call } from "../protocol/call.ts"
import { clip } from "../shared/clip.ts"
import { nearestName } from "../shared/nearest-name.ts"
import type {
  CallToolResult,
  CreateMessageRequestParams,
  CreateMessageResult,
  SamplingMessage,
  ToolResultContent,
  ToolUseContent,
  Tool as WireTool,
} from "../spec/index.ts"
import { isProtocolError } from "./handler-error.ts"
import type { Invoker } from "./invoker.ts"
import type { Model } from "./model.ts"
import { type SampleOutput, sampleOutput } from "./sample-output.ts"

/** What a loop works with. */
export interface LoopParts {
  readonly call: Call
  readonly invoker: Invoker
  readonly model: Model
}

/** How often a model that uses tools is asked at most, where the request does not say. */
const defaultSteps = 8

/** How often an answer that does not fit is asked for again. */
const maxCorrections = 2

/** The most tools that one answer may want to use: each is work of ours that a peer asks for. */
const maxToolCalls = 32

/**
 * Asks a model, runs the tools that it wants to use, and asks again, until it says what it was asked for.
 *
 * @see S28/client/sampling#multi-turn-tool-loop
 */
export class SamplingLoop {
  readonly #parts: LoopParts
  readonly #fields: Omit<CreateMessageRequestParams, "messages">
  readonly #tools: ReadonlyMap<string, SamplingTool | WireTool>
  readonly #maxSteps: number
  readonly #output: SampleOutput | undefined
  readonly #messages: SamplingMessage[]

  constructor(parts: LoopParts, request: SampleRequest) {
    const { messages, tools = [], maxSteps = defaultSteps, output, ...fields } = request
    this.#parts = parts
    this.#output = output === undefined ? undefined : sampleOutput(output)
    this.#maxSteps = maxSteps
    this.#tools = new Map(tools.map((tool) => [tool.name, tool]))
    this.#fields = withInstruction({ maxTokens: 1000, ...structuredClone(fields) }, this.#output?.instruction)
    const given = typeof messages === "string" ? [messages] : messages
    // What `text()` and the like made is no plain object, and questions are told apart by their JSON.
    this.#messages = structuredClone(given.map(toMessage))
  }

  /** @param options How each question is asked; a key is numbered from the second on. */
  async run(options: AskOptions | undefined): Promise<Sampled<unknown>> {
    let corrections = 0
    for (let step = 1; ; step++) {
      const answer = await this.#parts.model.ask(this.#request(step), ofStep(options, step))
      const wanted = this.#toolCalls(answer)
      this.#messages.push({ role: "assistant", content: answer.content })
      if (step < this.#maxSteps && wanted.length > 0 && wanted.every((use) => this.#isOurs(use))) {
        this.#messages.push({
          role: "user",
          content: await Promise.all(wanted.map((use) => this.#runTool(use))),
        })
        continue
      }
      const text = textOf(answer)
      const checked = await this.#output?.read(text)
      if (checked?.ok !== false)
        return { ...answer, text, data: checked?.value, toolCalls: wanted, messages: this.#messages }
      if (corrections++ === maxCorrections) throw new UnusableSample(corrections, checked.problem)
      this.#messages.push(correction(wanted, checked.problem))
    }
  }

  #request(step: number): CreateMessageRequestParams {
    const params = { ...this.#fields, messages: [...this.#messages] }
    if (this.#tools.size === 0) return params
    const tools = [...this.#tools.values()].map((tool) => ("definition" in tool ? tool.definition : tool))
    // S28/client/sampling: the last answer is to be words, unless one answer is all that was wanted.
    const isLast = step >= this.#maxSteps && step > 1
    return { ...params, tools, ...(isLast ? { toolChoice: { mode: "none" } } : undefined) }
  }

  #toolCalls(answer: CreateMessageResult): readonly ToolUseContent[] {
    const wanted = blocksOf(answer).filter((block) => block.type === "tool_use")
    if (wanted.length <= maxToolCalls) return wanted
    throw new InvalidAnswer(`wants to use more than ${maxToolCalls} tools at once.`)
  }

  /** Whether it is ours to answer: a tool that only its author can run is not; one that does not exist is. */
  #isOurs({ name }: ToolUseContent): boolean {
    const tool = this.#tools.get(name)
    return tool === undefined || "definition" in tool
  }

  async #runTool(use: ToolUseContent): Promise<ToolResultContent> {
    const tool = this.#tools.get(use.name)
    if (tool === undefined || !("definition" in tool))
      return toResult(use, noTool(use.name, this.#tools.keys()))
    return toResult(use, await this.#runLoopTool(tool, use))
  }

  /**
   * Runs one tool that the model wants to use, as a call of its own: middleware, auth check, validation and time-out are
   * those of any call. The one place where a loop has effects.
   */
  async #runLoopTool(tool: SamplingTool, { input, name }: ToolUseContent): Promise<CallToolResult> {
    const { call, invoker } = this.#parts
    try {
      return await (await invoker.load()).runTool(call, tool, input)
    } catch (error) {
      // What only a person can mend is not the model's to know.
      if (isProtocolError(error, call) || isInputRequired(error)) throw error
      // What has a code of the protocol was written for peers.
      const isTold = error instanceof FleetError && error.rpc !== undefined
      return failed(isTold ? error.message : `Error calling tool '${clip(name)}'`)
    }
  }
}

function toMessage(message: string | SamplingMessage): SamplingMessage {
  return typeof message === "string" ? { role: "user", content: { type: "text", text: message } } : message
}

function ofStep(options: AskOptions | undefined, step: number): AskOptions | undefined {
  const key = options?.key
  return key === undefined || step === 1 ? options : { ...options, key: `${key}-${step}` }
}

function withInstruction<F extends { readonly systemPrompt?: string | undefined }>(
  fields: F,
  instruction: string | undefined,
): F {
  if (instruction === undefined) return fields
  const { systemPrompt } = fields
  return {
    ...fields,
    systemPrompt: systemPrompt === undefined ? instruction : `${systemPrompt}\n\n${instruction}`,
  }
}

/** Asks for an answer again. S28/client/sampling: whatever tool was wanted is answered before anything else is said. */
function correction(wanted: readonly ToolUseContent[], problem: string): SamplingMessage {
  if (wanted.length > 0) {
    const refused = failed("No more tools can be used. Answer now, with JSON alone.")
    return { role: "user", content: wanted.map((use) => toResult(use, refused)) }
  }
  const text = `That does not fit:\n${problem}\nAnswer again, with JSON alone.`
  return { role: "user", content: { type: "text", text } }
}

function toResult(
  { id }: ToolUseContent,
  { content, structuredContent, isError }: CallToolResult,
): ToolResultContent {
  return {
    type: "tool_result",
    toolUseId: id,
    content,
    ...(structuredContent === undefined ? undefined : { structuredContent }),
    ...(isError === true ? { isError } : undefined),
  }
}

function noTool(name: string, known: Iterable<string>): CallToolResult {
  const near = nearestName(name, [...known])
  return failed(`No tool named \`${clip(name)}\`.${near === undefined ? "" : ` Did you mean \`${near}\`?`}`)
}

function failed(text: string): CallToolResult {
  return { content: [{ type: "text", text }], isError: true }
}
