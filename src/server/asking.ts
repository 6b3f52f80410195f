import type { AskOptions, Elicited, ElicitedUrl, SampleRequest } from "../components/context.ts"
import { NotAWebPage } from "../errors/elicitation.ts"
import { InvalidAnswer } from "../errors/protocol.ts"
import type { Answer, Call, Question } from "../protocol/call.ts"
import { describeIssues } from "../schema/issue.ts"
import type { InferOutput, Schema } from "../schema/schema.ts"
import { warnDeprecated } from "../shared/deprecation.ts"
import type { CreateMessageResult, Root } from "../spec/index.ts"
import { elicitationForm } from "./elicitation.ts"

/** What a form asks. */
export interface FormQuestion<S extends Schema> {
  readonly message: string
  readonly schema: S
  readonly options: AskOptions | undefined
}

/** What a web page asks. */
export interface UrlQuestion {
  readonly message: string
  readonly url: string
  readonly options: AskOptions | undefined
}

/** The questions that a handler may ask its client. Loaded by the first that does. */
export class Asking {
  readonly #call: Call

  constructor(call: Call) {
    this.#call = call
  }

  async elicit<S extends Schema>(form: FormQuestion<S>): Promise<Elicited<InferOutput<S>>> {
    const { message, schema, options } = form
    const { requestedSchema, validate } = elicitationForm(schema)
    const params = { mode: "form", message, requestedSchema }
    const answer = await this.#ask("elicitation/create", params, options)
    if (answer.action !== "accept") return { action: answer.action === "decline" ? "decline" : "cancel" }
    const checked = await validate(answer.content ?? {})
    if (!checked.ok) {
      throw new InvalidAnswer(`does not fit the form:\n${describeIssues(checked.issues)}`)
    }
    // The form's validator produces what the schema infers.
    return { action: "accept", data: checked.value } as Elicited<InferOutput<S>>
  }

  async elicitUrl({ message, url, options }: UrlQuestion): Promise<ElicitedUrl> {
    const params = { mode: "url", message, url: toVisit(url) }
    const answer = await this.#ask("elicitation/create", params, options)
    // `answerProblem` let only the three actions pass.
    return { action: answer.action } as ElicitedUrl
  }

  async sample(
    request: string | SampleRequest,
    options: AskOptions | undefined,
  ): Promise<CreateMessageResult> {
    warnDeprecated("`ctx.sample()`", "Call a model's own API instead.")
    const fields: SampleRequest =
      typeof request === "string"
        ? { messages: [{ role: "user", content: { type: "text", text: request } }] }
        : request
    // What `text()` and the like made is no plain object, and questions are told apart by their JSON.
    const params = structuredClone({ maxTokens: 1000, ...fields })
    const answer = await this.#ask("sampling/createMessage", params, options)
    // `answerProblem` looked at what is there; the rest is as good as the client.
    return answer as unknown as CreateMessageResult
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
    const [answer] = await this.#call.exchange.ask([{ method, params, key: options?.key }])
    // One question, one answer.
    return answer as Answer
  }
}

/** What is not a web page must not be opened on a person's machine: `javascript:`, `file:`, an app's own scheme. */
function toVisit(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol !== "https:" && parsed?.protocol !== "http:") throw new NotAWebPage(url)
  return parsed.href
}
