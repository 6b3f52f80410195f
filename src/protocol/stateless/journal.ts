import type { Answer, Question } from "../call.ts"
import type { Params } from "../jsonrpc.ts"
import type { Principal } from "../principal.ts"
import type { StepResults } from "../step.ts"

/** What a call remembers between rounds. The client keeps it, sealed. */
export interface Journal {
  /** How many rounds of questions came before. */
  readonly round: number
  readonly answers: ReadonlyMap<string, Answer>
  /** What the last round asked. */
  readonly pending: readonly PendingQuestion[]
  /** Names the call across its rounds; `undefined` in the first. */
  readonly id: string | undefined
  /** What steps gave in earlier rounds. */
  readonly steps: StepResults
  /** What an explicit `inputRequired({ state })` left. */
  readonly state: unknown
  /** Whether it may be used once: then so may those of later rounds. */
  readonly isOnce: boolean
  /** Throws {@link InvalidAnswer} where an answer cannot be one to a question of this kind. */
  readonly assertAnswer: (key: string, method: Question["method"], answer: Answer) => void
}

export interface PendingQuestion {
  readonly key: string
  readonly method: Question["method"]
  /** The start of its message, for the error that a run which no longer asks it gets. */
  readonly text: string
  /** Whether a handler wrote it into `inputRequired()` itself: its next run need not ask it. */
  readonly isExplicit?: boolean
}

/** The call a journal belongs to: nobody can take it to another. */
export interface Binding {
  readonly server: string
  readonly principal: Principal | undefined
  readonly method: string
  readonly params: Params
}

/** The journal of the first round, in which there are no answers to look at. */
export const emptyJournal: Journal = {
  round: 0,
  answers: /* @__PURE__ */ new Map(),
  pending: [],
  id: undefined,
  steps: /* @__PURE__ */ new Map(),
  state: undefined,
  isOnce: false,
  assertAnswer: () => undefined,
}

/** Whether a request answers an earlier round. */
export function isRetry(params: Params): boolean {
  return params.requestState !== undefined || params.inputResponses !== undefined
}
