import { UnansweredRequest } from "../errors/testing.ts"
import type {
  ClientCapabilities,
  CreateMessageRequestParams,
  CreateMessageResult,
  ElicitRequestParams,
  ElicitResult,
  InputRequest,
  InputRequests,
  Root,
} from "../spec/index.ts"

/** Answers as the person at the client would. */
export type ElicitationHandler = (request: ElicitRequestParams) => ElicitResult | Promise<ElicitResult>

/** Answers as the client's model would; a string is the text it says. */
export type SamplingHandler = (
  request: CreateMessageRequestParams,
) => string | CreateMessageResult | Promise<string | CreateMessageResult>

/** The folders the client works in, as `file:` URIs or with names. */
export type RootsAnswer =
  | readonly (string | Root)[]
  | (() => readonly (string | Root)[] | Promise<readonly (string | Root)[]>)

/** What answers the questions of servers. */
export interface Answerers {
  readonly elicitation?: ElicitationHandler
  readonly sampling?: SamplingHandler
  readonly roots?: RootsAnswer
}

/** The capabilities that a client has by its handlers. */
export function capabilitiesOf({ elicitation, sampling, roots }: Answerers): ClientCapabilities {
  return {
    ...(elicitation === undefined ? undefined : { elicitation: { form: {}, url: {} } }),
    ...(sampling === undefined ? undefined : { sampling: { tools: {} } }),
    ...(roots === undefined ? undefined : { roots: {} }),
  }
}

/**
 * Answers the questions of an input-required result, one after the other, as a person would.
 *
 * @throws {UnansweredRequest} There is no handler for one of them.
 */
export async function answerAll(
  requests: InputRequests,
  answerers: Answerers,
): Promise<{ readonly [key: string]: object }> {
  const answers: Record<string, object> = {}
  for (const [key, request] of Object.entries(requests)) answers[key] = await answer(request, answerers)
  return answers
}

/** Answers one question of the server. */
export async function answer(
  request: InputRequest,
  { elicitation, sampling, roots }: Answerers,
): Promise<object> {
  switch (request.method) {
    case "elicitation/create":
      if (elicitation === undefined) throw new UnansweredRequest(request.method, "elicitation")
      return elicitation(request.params)
    case "sampling/createMessage":
      if (sampling === undefined) throw new UnansweredRequest(request.method, "sampling")
      return toMessage(await sampling(request.params))
    case "roots/list":
      if (roots === undefined) throw new UnansweredRequest(request.method, "roots")
      return { roots: (typeof roots === "function" ? await roots() : roots).map(toRoot) }
    default:
      throw new UnansweredRequest((request as { readonly method: string }).method, undefined) // from an extension
  }
}

function toMessage(said: string | CreateMessageResult): CreateMessageResult {
  if (typeof said !== "string") return said
  return { role: "assistant", content: { type: "text", text: said }, model: "fleetmcp-testing" }
}

function toRoot(root: string | Root): Root {
  return typeof root === "string" ? { uri: root } : root
}
