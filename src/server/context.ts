import type {
  AskOptions,
  ClientInfo,
  Context,
  ContextKey,
  ContextLog,
  Elicited,
  ElicitedUrl,
  RequestInfo,
  SampleRequest,
} from "../components/context.ts"
import { NotAWebPage } from "../errors/elicitation.ts"
import { InvalidAnswer } from "../errors/protocol.ts"
import { MissingContextValue } from "../errors/server.ts"
import type { Answer, Call, Question } from "../protocol/call.ts"
import type { Principal } from "../protocol/principal.ts"
import { describeIssues } from "../schema/issue.ts"
import type { InferOutput, Schema } from "../schema/schema.ts"
import type {
  CallToolResult,
  CreateMessageResult,
  GetPromptResult,
  ReadResourceResult,
  Root,
} from "../spec/index.ts"
import { elicitationForm } from "./elicitation.ts"
import type { Invoker } from "./invoker.ts"
import { createLog } from "./log.ts"

/**
 * Implements {@link Context} for one call. Every member is a getter that gives a bound function, so that handlers
 * may take it apart (`{ log, progress }`) and pay only for what they take.
 */
export class CallContext implements Context {
  readonly #call: Call
  readonly #invoker: Invoker

  constructor(call: Call, invoker: Invoker) {
    this.#call = call
    this.#invoker = invoker
  }

  get signal(): AbortSignal {
    return this.#call.exchange.signal
  }

  get progress(): Context["progress"] {
    return (done, total, message) => this.#call.exchange.progress(done, total, message)
  }

  get log(): ContextLog {
    return createLog(this.#call.exchange)
  }

  get elicit(): Context["elicit"] {
    return (message, schema, options) => heeded(this.#elicit(message, schema, options))
  }

  get elicitUrl(): Context["elicitUrl"] {
    return (message, url, options) => heeded(this.#elicitUrl(message, url, options))
  }

  get sample(): Context["sample"] {
    return (request, options) => heeded(this.#sample(request, options))
  }

  get roots(): Context["roots"] {
    return (options) => heeded(this.#roots(options))
  }

  get inputResponses(): Context["inputResponses"] {
    return this.#call.exchange.inputResponses
  }

  get inputState(): unknown {
    return this.#call.exchange.inputState
  }

  get request(): RequestInfo {
    const { id, peer, exchange, meta, round } = this.#call
    return { id, revision: peer.revision, headers: exchange.headers, meta, round }
  }

  get client(): ClientInfo {
    const { info, capabilities } = this.#call.peer
    return { info, capabilities }
  }

  get auth(): Principal | undefined {
    return this.#call.peer.principal
  }

  get get(): Context["get"] {
    return <T>(key: ContextKey<T>) => this.#call.get(key)
  }

  get set(): Context["set"] {
    return <T>(key: ContextKey<T>, value: T) => this.#call.set(key, value)
  }

  get require(): Context["require"] {
    return <T>(key: ContextKey<T>) => {
      const value = this.#call.get(key)
      if (value === undefined) throw new MissingContextValue(key.name)
      return value
    }
  }

  get callTool(): Context["callTool"] {
    return (name, args = {}) =>
      heeded(
        this.#invoker.nested(this.#call, "tools/call", { name, arguments: args }),
      ) as Promise<CallToolResult>
  }

  get readResource(): Context["readResource"] {
    return (uri) =>
      heeded(this.#invoker.nested(this.#call, "resources/read", { uri })) as Promise<ReadResourceResult>
  }

  get getPrompt(): Context["getPrompt"] {
    return (name, args = {}) =>
      heeded(
        this.#invoker.nested(this.#call, "prompts/get", { name, arguments: args }),
      ) as Promise<GetPromptResult>
  }

  async #elicit<S extends Schema>(
    message: string,
    schema: S,
    options: AskOptions | undefined,
  ): Promise<Elicited<InferOutput<S>>> {
    const form = elicitationForm(schema)
    const params = { mode: "form", message, requestedSchema: form.requestedSchema }
    const answer = await this.#ask("elicitation/create", params, options)
    if (answer.action !== "accept") return { action: answer.action === "decline" ? "decline" : "cancel" }
    const checked = await form.validate(answer.content ?? {})
    if (!checked.ok) {
      throw new InvalidAnswer(`does not fit the form:\n${describeIssues(checked.issues)}`)
    }
    // The form's validator produces what the schema infers.
    return { action: "accept", data: checked.value } as Elicited<InferOutput<S>>
  }

  async #elicitUrl(message: string, url: string, options: AskOptions | undefined): Promise<ElicitedUrl> {
    const params = { mode: "url", message, url: toVisit(url) }
    const answer = await this.#ask("elicitation/create", params, options)
    // `answerProblem` let only the three actions pass.
    return { action: answer.action } as ElicitedUrl
  }

  async #sample(
    request: string | SampleRequest,
    options: AskOptions | undefined,
  ): Promise<CreateMessageResult> {
    const fields: SampleRequest =
      typeof request === "string"
        ? { messages: [{ role: "user", content: { type: "text", text: request } }] }
        : request
    const answer = await this.#ask("sampling/createMessage", { maxTokens: 1000, ...fields }, options)
    // `answerProblem` looked at what is there; the rest is as good as the client.
    return answer as unknown as CreateMessageResult
  }

  async #roots(options: AskOptions | undefined): Promise<readonly Root[]> {
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

/** A handler may stop listening (a race, an early return): what then fails must not end the process. */
function heeded<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}

/** What is not a web page must not be opened on a person's machine: `javascript:`, `file:`, an app's own scheme. */
function toVisit(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol !== "https:" && parsed?.protocol !== "http:") throw new NotAWebPage(url)
  return parsed.href
}
