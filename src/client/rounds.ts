import { WrongResult } from "../errors/client.ts"
import { EndlessQuestions } from "../errors/testing.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import type { Json } from "./rpc.ts"

/** The most questions of one round. */
const mostQuestions = 100

/** What answers the rounds of a request. */
export interface Rounds {
  /** How many there may be. */
  readonly max: number
  readonly signal: AbortSignal
  answer(question: { readonly method: string; readonly params: Json }, signal: AbortSignal): Promise<object>
  /** Makes results of types that only extensions know; those of others are refused. */
  readonly resultTypes: { readonly [type: string]: (result: Json) => Promise<object> | object }
}

/**
 * Sends a request, answers what its result asks for and sends it again, until it asks no more.
 *
 * @see S28/basic/patterns/mrtr
 */
export async function throughRounds(
  method: string,
  send: (answers: Json) => Promise<Json>,
  rounds: Rounds,
): Promise<Json> {
  let result = await send({})
  for (let round = 0; result.resultType === "input_required"; round++) {
    if (round >= rounds.max) throw new EndlessQuestions(method, rounds.max)
    result = await send(await answersTo(method, result, rounds))
  }
  const { resultType } = result
  if (resultType === undefined || resultType === "complete") return result
  const claim =
    typeof resultType === "string" && Object.hasOwn(rounds.resultTypes, resultType)
      ? rounds.resultTypes[resultType]
      : undefined
  if (claim === undefined)
    throw new WrongResult(method, `is of the type \`${String(resultType)}\`, which nothing here knows`)
  return { ...(await claim(result)) }
}

async function answersTo(method: string, result: Json, rounds: Rounds): Promise<Json> {
  const { inputRequests, requestState } = result
  const questions = isObject(inputRequests) ? Object.entries(inputRequests) : []
  if (questions.length === 0 && typeof requestState !== "string")
    throw new WrongResult(method, "asks for nothing")
  if (questions.length > mostQuestions)
    throw new WrongResult(method, `asks more than ${mostQuestions} things at once`)
  const answers: [string, object][] = []
  // One after the other, as a person would.
  for (const [key, question] of questions) {
    if (!isObject(question) || typeof question.method !== "string")
      throw new WrongResult(method, "asks something unreadable")
    const params = isObject(question.params) ? question.params : {}
    answers.push([key, await rounds.answer({ method: question.method, params }, rounds.signal)])
  }
  return {
    ...(questions.length > 0 && { inputResponses: Object.fromEntries(answers) }),
    ...(requestState !== undefined && { requestState }),
  }
}
