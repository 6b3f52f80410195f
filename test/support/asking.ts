import { type Fields, type Rpc, rpc } from "./rpc.ts"

/** One question of an `input_required` result. */
export interface Asked {
  readonly key: string
  readonly method: string
  readonly params: Fields
}

/** The questions of a result, in the order in which they are written. */
export function questionsOf(result: Fields | undefined): readonly Asked[] {
  const requests = (result?.inputRequests ?? {}) as {
    readonly [key: string]: { method: string; params?: Fields }
  }
  return Object.entries(requests).map(([key, { method, params }]) => ({ key, method, params: params ?? {} }))
}

/** The messages of the questions of a result. */
export function messagesOf(result: Fields | undefined): readonly unknown[] {
  return questionsOf(result).map(({ params }) => params.message)
}

/**
 * The same request again, with what a result of it asked for.
 *
 * @param result The `input_required` result; without it the request carries no state.
 */
export function retry({ message }: Rpc, result: Fields | undefined, inputResponses?: unknown): Rpc {
  const { _meta, ...params } = message.params
  const state = result?.requestState === undefined ? {} : { requestState: result.requestState }
  const responses = inputResponses === undefined ? {} : { inputResponses }
  // `rpc` made it an object.
  return rpc(message.method, { ...params, ...state, ...responses }, _meta as Fields)
}

/** Answers every question of a result alike. */
export function answerAll(result: Fields | undefined, answer: (asked: Asked) => unknown): Fields {
  return Object.fromEntries(questionsOf(result).map((asked) => [asked.key, answer(asked)]))
}

/** What a person answers who fills in a form. */
export function accept(content: Fields = {}): Fields {
  return { action: "accept", content }
}
