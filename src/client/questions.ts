import type { Sampler } from "../components/sampling.ts"
import { UnansweredRequest } from "../errors/testing.ts"
import type {
  ClientCapabilities,
  CreateMessageRequestParams,
  CreateMessageResult,
  ElicitRequestParams,
  ElicitResult,
  Root,
} from "../spec/index.ts"
import type { Json } from "./rpc.ts"

/** What a handler of a client gets besides the question. */
export interface QuestionContext {
  /** Aborted when the server wants no answer any more. */
  readonly signal: AbortSignal
}

/** Answers what servers ask the person at the client. */
export type ElicitationHandler = (
  request: ElicitRequestParams,
  context: QuestionContext,
) => ElicitResult | Promise<ElicitResult>

/** The folders a client works in, as `file:` URIs or with names. */
export type RootsOption =
  | readonly (string | Root)[]
  | (() => readonly (string | Root)[] | Promise<readonly (string | Root)[]>)

/** What answers the questions of servers, in every era. */
export interface QuestionHandlers {
  /** Answers `elicitation/create`. Default: the server is told that nobody can be asked. */
  readonly elicitation?: ElicitationHandler | undefined
  /** Answers `sampling/createMessage`: a function, or what `openaiSampler()` and the like give. Default: no model. */
  readonly sampling?: Sampler | undefined
  /** Answers `roots/list`. Default: no folders. */
  readonly roots?: RootsOption | undefined
}

/** The capabilities that a client has by its handlers. */
export function capabilitiesOf({ elicitation, sampling, roots }: QuestionHandlers): ClientCapabilities {
  return {
    ...(elicitation && { elicitation: { form: {}, url: {} } }),
    ...(sampling && { sampling: { tools: {} } }),
    ...(roots && { roots: {} }),
  }
}

/**
 * Answers one question.
 *
 * @throws {UnansweredRequest} There is no handler for it.
 */
export async function answerQuestion(
  { method, params }: { readonly method: string; readonly params: Json },
  { elicitation, sampling, roots }: QuestionHandlers,
  signal: AbortSignal,
): Promise<object> {
  switch (method) {
    case "elicitation/create":
      if (elicitation === undefined) throw new UnansweredRequest(method, "elicitation")
      // `as`, here and below: handlers look at what they use of a question, as people do.
      return elicitation(params as unknown as ElicitRequestParams, { signal })
    case "sampling/createMessage":
      if (sampling === undefined) throw new UnansweredRequest(method, "sampling")
      return toMessage(await sampling(params as unknown as CreateMessageRequestParams, { signal }))
    case "roots/list":
      if (roots === undefined) throw new UnansweredRequest(method, "roots")
      return { roots: (typeof roots === "function" ? await roots() : roots).map(toRoot) }
    default:
      throw new UnansweredRequest(method, undefined)
  }
}

function toMessage(said: string | CreateMessageResult): CreateMessageResult {
  if (typeof said !== "string") return said
  return { role: "assistant", content: { type: "text", text: said }, model: "unknown" }
}

function toRoot(root: string | Root): Root {
  return typeof root === "string" ? { uri: root } : root
}
