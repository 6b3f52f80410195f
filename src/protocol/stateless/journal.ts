import { clip, InvalidAnswer, InvalidParams, InvalidRequestState } from "../../errors/protocol.ts"
import { NotCanonicalJson } from "../../errors/uri.ts"
import { canonicalJson } from "../../shared/canonical-json.ts"
import type { Answer, Question } from "../call.ts"
import { isObject, type Params } from "../jsonrpc.ts"
import { type Principal, principalKey } from "../principal.ts"
import type { Sealer } from "./seal.ts"

/** What a call remembers between rounds. The client keeps it, sealed. */
export interface Journal {
  /** How many rounds of questions came before. */
  readonly round: number
  readonly answers: ReadonlyMap<string, Answer>
  /** What the last round asked. */
  readonly pending: readonly PendingQuestion[]
  /** What an explicit `inputRequired({ state })` left. */
  readonly state: unknown
}

export interface PendingQuestion {
  readonly key: string
  readonly method: Question["method"]
  /** The start of its message, for the error that a run which no longer asks it gets. */
  readonly text: string
}

/** The call a journal belongs to: nobody can take it to another. */
export interface Binding {
  readonly server: string
  readonly principal: Principal | undefined
  readonly method: string
  readonly params: Params
}

export const emptyJournal: Journal = { round: 0, answers: new Map(), pending: [], state: undefined }

/** Whether a request answers an earlier round. */
export function isRetry(params: Params): boolean {
  return params.requestState !== undefined || params.inputResponses !== undefined
}

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
  return { round: before?.round ?? 1, answers, pending, state: before?.state }
}

interface SealedJournal {
  readonly round: number
  readonly answers: readonly (readonly [string, Answer])[]
  readonly pending: readonly PendingQuestion[]
  readonly state: unknown
}

function readAnswer(key: string, answer: unknown, method: Question["method"] | undefined): Answer {
  if (!isObject(answer)) throw notAnswer(key, "is not an object")
  // Without a state nothing tells what was asked; the question itself will look at it.
  if (method !== undefined) assertAnswer(key, method, answer)
  return answer
}

/** @throws {InvalidAnswer} It cannot be the answer to a question of this kind. */
export function assertAnswer(key: string, method: Question["method"], answer: Answer): void {
  const problem = answerProblem(method, answer)
  if (problem !== undefined) throw notAnswer(key, problem)
}

function answerProblem(method: Question["method"], answer: Answer): string | undefined {
  switch (method) {
    case "elicitation/create": {
      const known = answer.action === "accept" || answer.action === "decline" || answer.action === "cancel"
      if (!known) return 'has no `action` of "accept", "decline" or "cancel"'
      return answer.content === undefined || isObject(answer.content)
        ? undefined
        : "has no object as `content`"
    }
    case "sampling/createMessage":
      return answer.role !== undefined && answer.content !== undefined
        ? undefined
        : "has no `role` or no `content`"
    case "roots/list":
      return Array.isArray(answer.roots) ? undefined : "has no list `roots`"
  }
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
