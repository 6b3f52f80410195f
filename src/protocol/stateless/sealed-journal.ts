import { NotCanonicalJson } from "../../errors/canonical-json.ts"
import { InvalidAnswer, InvalidParams } from "../../errors/protocol.ts"
import { InvalidRequestState } from "../../errors/rounds.ts"
import { canonicalJson } from "../../shared/canonical-json.ts"
import { clip } from "../../shared/clip.ts"
import { answerProblem } from "../answers.ts"
import type { Answer, Question } from "../call.ts"
import { isObject } from "../jsonrpc.ts"
import { principalKey } from "../principal.ts"
import type { Binding, Journal, PendingQuestion } from "./journal.ts"
import type { Sealer } from "./sealer.ts"

/** Seals a journal for the client to keep. */
export function sealJournal(sealer: Sealer, binding: Binding, journal: Journal): Promise<string> {
  const { round, answers, pending, state } = journal
  return sealer.seal({ round, answers: [...answers], pending, state }, associatedData(binding))
}

/**
 * Opens the journal that a retry brought and enters the new answers.
 *
 * @throws {InvalidParams} `inputResponses` is no object.
 * @throws {InvalidAnswer} One of them is not the answer to what was asked.
 * @throws {InvalidRequestState} The state was not made here for this call and caller, or has expired.
 */
export async function openJournal(sealer: Sealer, binding: Binding): Promise<Journal> {
  const { requestState, inputResponses } = binding.params
  if (requestState !== undefined && typeof requestState !== "string")
    throw new InvalidRequestState("it is not a string")
  if (inputResponses !== undefined && !isObject(inputResponses))
    throw new InvalidParams("`inputResponses` must be an object.")
  const earlier =
    requestState === undefined ? undefined : await sealer.open(requestState, associatedData(binding))
  // Authenticated: it is what `sealJournal` wrote.
  const before = earlier as unknown as SealedJournal | undefined
  const answers = new Map(before?.answers)
  const pending = before?.pending ?? []
  for (const [key, answer] of Object.entries(inputResponses ?? {})) {
    const asked = pending.find((question) => question.key === key)
    // Keys nobody asked for are ignored; without a state nothing tells which those are.
    if (before !== undefined && asked === undefined) continue
    answers.set(key, readAnswer(key, answer, asked?.method))
  }
  return { round: before?.round ?? 1, answers, pending, state: before?.state, assertAnswer }
}

interface SealedJournal {
  readonly round: number
  readonly answers: readonly (readonly [string, Answer])[]
  readonly pending: readonly PendingQuestion[]
  readonly state: unknown
}

function readAnswer(key: string, answer: unknown, method: Question["method"] | undefined): Answer {
  if (!isObject(answer)) throw notAnswer(key, "is not an object")
  assertAnswer(key, method, answer)
  return answer
}

/** @throws {InvalidAnswer} It cannot be the answer to a question of this kind. */
function assertAnswer(key: string, method: Question["method"] | undefined, answer: Answer): void {
  const problem = answerProblem(method, answer)
  if (problem !== undefined) throw notAnswer(key, problem)
}

function notAnswer(key: string, problem: string): InvalidAnswer {
  return new InvalidAnswer(`\`inputResponses.${clip(key)}\` ${problem}.`)
}

function associatedData({ server, principal, method, params }: Binding): string {
  const { _meta, requestState: _state, inputResponses: _answers, ...asked } = params
  const version = isObject(_meta) ? _meta["fleetmcp/version"] : undefined
  try {
    return canonicalJson([server, principalKey(principal), method, version ?? null, asked])
  } catch (cause) {
    if (!(cause instanceof NotCanonicalJson)) throw cause
    throw new InvalidParams("The parameters are too deep or too large for a call that asks.", { cause })
  }
}
