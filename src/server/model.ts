import type { AskOptions } from "../components/context.ts"
import type { SamplingOptions } from "../components/sampling.ts"
import { MissingClientCapability } from "../errors/capabilities.ts"
import { ContextMisused } from "../errors/context.ts"
import { InProcessError } from "../errors/in-process.ts"
import { CannotAsk } from "../errors/protocol.ts"
import { SamplingFailed } from "../errors/sampling.ts"
import { NeedsSession, NotInRevision } from "../errors/session.ts"
import { abortError } from "../protocol/abort-error.ts"
import { answerProblem } from "../protocol/answers.ts"
import type { Answer, Call, Question } from "../protocol/call.ts"
import { canonicalJson } from "../shared/canonical-json.ts"
import { warnDeprecated } from "../shared/deprecation.ts"
import { textHash } from "../shared/text-hash.ts"
import type { CreateMessageRequestParams, CreateMessageResult } from "../spec/index.ts"

/** Who answers the sampling requests of a call: its client's model, or the server's own. */
export class Model {
  readonly #call: Call
  readonly #own: SamplingOptions | undefined

  constructor(call: Call, own: SamplingOptions | undefined) {
    this.#call = call
    this.#own = own
  }

  async ask(
    params: CreateMessageRequestParams,
    options: AskOptions | undefined,
  ): Promise<CreateMessageResult> {
    const own = this.#own
    if (own?.mode === "always") return this.#askOwn(own, params)
    try {
      return await this.#askClient(params, options)
    } catch (error) {
      if (own === undefined || !cannotSample(error) || this.#call.exchange.inert) throw error
      return this.#askOwn(own, params)
    }
  }

  async #askClient(
    params: CreateMessageRequestParams,
    options: AskOptions | undefined,
  ): Promise<CreateMessageResult> {
    warnDeprecated(
      "`ctx.sample()`",
      'Give the server a model of its own: `sampling: { handler, mode: "always" }`.',
    )
    const [answer] = await this.#call.exchange.ask([
      {
        method: "sampling/createMessage",
        // A request is an object of JSON.
        params: params as unknown as Question["params"],
        key: options?.key,
        once: options?.once,
      },
    ])
    // `answerProblem` looked at what is there; the rest is as good as the client.
    return answer as unknown as CreateMessageResult
  }

  /** Costs money and time, and need not answer the same twice: so it is asked once for all runs of the handler. */
  async #askOwn(own: SamplingOptions, params: CreateMessageRequestParams): Promise<CreateMessageResult> {
    const { exchange, nestedCounts } = this.#call
    const content = `model/${textHash(canonicalJson(params))}`
    const count = nestedCounts.get(content) ?? 0
    nestedCounts.set(content, count + 1)
    // What the handler of a request gives, it gives as an object.
    return (await exchange.recall(`${content}-${count}`, undefined, () =>
      this.#run(own, params),
    )) as CreateMessageResult
  }

  async #run({ handler }: SamplingOptions, params: CreateMessageRequestParams): Promise<CreateMessageResult> {
    const { exchange, target } = this.#call
    const { inert, signal } = exchange
    // Nobody waits for it any more, not even where the handler was done before its question.
    if (inert) throw abortError(exchange) ?? new ContextMisused("sample()", target)
    const said = await handler(params, { signal })
    const message: CreateMessageResult =
      typeof said === "string"
        ? { role: "assistant", content: { type: "text", text: said }, model: "unknown" }
        : said
    // Whoever wrote the handler in JavaScript may return anything.
    const problem = answerProblem("sampling/createMessage", Object(message) as Answer)
    if (problem !== undefined) throw new SamplingFailed(`What the \`sampling\` handler returned ${problem}.`)
    return message
  }
}

/** Whether a client cannot be asked for a message, this one at least. */
function cannotSample(error: unknown): boolean {
  return [MissingClientCapability, NeedsSession, NotInRevision, CannotAsk, InProcessError].some(
    (reason) => error instanceof reason,
  )
}
