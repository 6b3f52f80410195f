import type { SamplingOptions } from "../components/sampling.ts"
import { InProcessError } from "../errors/in-process.ts"
import { CannotAsk, MissingClientCapability } from "../errors/protocol.ts"
import { SamplingFailed } from "../errors/sampling.ts"
import { NeedsSession, NotInRevision } from "../errors/session.ts"
import { answerProblem } from "../protocol/answers.ts"
import type { Answer, Call } from "../protocol/call.ts"
import { warnDeprecated } from "../shared/deprecation.ts"
import type { CreateMessageRequestParams, CreateMessageResult } from "../spec/index.ts"

/** Who answers the sampling requests of a call: its client's model, or the server's own. */
export class Model {
  readonly #call: Call
  readonly #own: SamplingOptions | undefined

  constructor(call: Call, own: SamplingOptions | undefined) {
    this.#call = call
    this.#own = own
  }

  /** Asks once. The key names the question across rounds; without it its content does. */
  async ask(params: CreateMessageRequestParams, key: string | undefined): Promise<CreateMessageResult> {
    const own = this.#own
    if (own?.mode === "always") return this.#askOwn(own, params)
    try {
      return await this.#askClient(params, key)
    } catch (error) {
      if (own === undefined || !cannotSample(error) || this.#call.exchange.inert) throw error
      return this.#askOwn(own, params)
    }
  }

  async #askClient(
    params: CreateMessageRequestParams,
    key: string | undefined,
  ): Promise<CreateMessageResult> {
    warnDeprecated(
      "`ctx.sample()`",
      'Give the server a model of its own: `sampling: { handler, mode: "always" }`.',
    )
    // A request is an object of JSON.
    const fields = params as unknown as { readonly [name: string]: unknown }
    const [answer] = await this.#call.exchange.ask([
      { method: "sampling/createMessage", params: fields, key },
    ])
    // `answerProblem` looked at what is there; the rest is as good as the client.
    return answer as unknown as CreateMessageResult
  }

  /** Costs money and time, and need not answer the same twice: what makes steps durable belongs here. */
  async #askOwn(
    { handler }: SamplingOptions,
    params: CreateMessageRequestParams,
  ): Promise<CreateMessageResult> {
    const { signal } = this.#call.exchange
    signal.throwIfAborted()
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
