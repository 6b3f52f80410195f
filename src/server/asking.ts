import type { AskOptions, Elicited, ElicitedUrl, ElicitUrlOptions } from "../components/context.ts"
import type { Filled, Form } from "../components/form.ts"
import type { Sampled, SampledData, SampleRequest } from "../components/sampling.ts"
import { InvalidAnswer } from "../errors/rounds.ts"
import { toWebPage } from "../errors/web-page.ts"
import type { Answer, Call, Question } from "../protocol/call.ts"
import { describeIssues } from "../schema/issue.ts"
import type { Schema } from "../schema/schema.ts"
import { warnDeprecated } from "../shared/deprecation.ts"
import { features } from "../spec/features.ts"
import type { Root } from "../spec/index.ts"
import { elicitationForm } from "./elicitation.ts"
import type { Invoker } from "./invoker.ts"
import { Model } from "./model.ts"
import { SamplingLoop } from "./sampling-loop.ts"

/** What a form asks. */
export interface FormQuestion<F extends Form> {
  readonly message: string
  readonly form: F
  readonly options: AskOptions | undefined
}

/** What a web page asks. */
export interface UrlQuestion {
  readonly message: string
  readonly url: string
  readonly options: ElicitUrlOptions | undefined
}

/** The questions that a handler may ask its client. Loaded by the first that does. */
export class Asking {
  readonly #call: Call
  readonly #invoker: Invoker

  constructor(call: Call, invoker: Invoker) {
    this.#call = call
    this.#invoker = invoker
  }

  async elicit<F extends Form>({ message, form, options }: FormQuestion<F>): Promise<Elicited<Filled<F>>> {
    const { requestedSchema, read } = await elicitationForm(form)
    const params = { mode: "form", message, requestedSchema }
    const answer = await this.#ask("elicitation/create", params, options)
    if (answer.action !== "accept") return { action: answer.action === "decline" ? "decline" : "cancel" }
    // `answerProblem` let only objects pass.
    const checked = await read((answer.content ?? {}) as Answer)
    if (!checked.ok) {
      throw new InvalidAnswer(`does not fit the form:\n${describeIssues(checked.issues)}`)
    }
    // The form's validator produces what the form infers.
    return { action: "accept", data: checked.value } as Elicited<Filled<F>>
  }

  async confirm(message: string, options: AskOptions | undefined): Promise<boolean> {
    // A form without fields: clients show it as a question with yes and no.
    const params = { mode: "form", message, requestedSchema: { type: "object", properties: {} } }
    const { action } = await this.#ask("elicitation/create", params, options)
    return action === "accept"
  }

  async elicitUrl({ message, url, options }: UrlQuestion): Promise<ElicitedUrl> {
    const { exchange, peer } = this.#call
    const isNamed = features[peer.revision].elicitationId
    const named = { elicitationId: options?.elicitationId ?? crypto.randomUUID() }
    const params = { mode: "url", message, url: toWebPage(url), ...(isNamed ? named : undefined) }
    const { action } = await this.#ask("elicitation/create", params, options)
    const complete = () => {
      if (isNamed) exchange.notify("notifications/elicitation/complete", named)
    }
    // Not enumerable: what was answered is data, which handlers return and log. `answerProblem` let only the three
    // actions pass.
    return Object.defineProperty({ action }, "complete", { value: complete }) as ElicitedUrl
  }

  async sample<Output extends Schema | undefined>(
    request: string | SampleRequest<Output>,
    options: AskOptions | undefined,
  ): Promise<Sampled<SampledData<Output>>> {
    const whole = typeof request === "string" ? { messages: request } : request
    const model = new Model(this.#call, this.#invoker.sampling)
    const loop = new SamplingLoop({ call: this.#call, invoker: this.#invoker, model }, whole)
    // What the schema's validator produces is what it infers.
    return (await loop.run(options)) as Sampled<SampledData<Output>>
  }

  async roots(options: AskOptions | undefined): Promise<readonly Root[]> {
    warnDeprecated("`ctx.roots()`", "Take folders as arguments, or as configuration, instead.")
    const answer = await this.#ask("roots/list", undefined, options)
    // `answerProblem` let only lists pass.
    return answer.roots as readonly Root[]
  }

  async #ask(
    method: Question["method"],
    params: Question["params"],
    options: AskOptions | undefined,
  ): Promise<Answer> {
    const [answer] = await this.#call.exchange.ask([
      { method, params, key: options?.key, once: options?.once },
    ])
    // One question, one answer.
    return answer as Answer
  }
}
