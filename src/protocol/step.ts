/** What a step gets to work with. */
export interface StepInfo {
  /** The same in every run of this step, for services that take one: they then do twice-asked work once. */
  readonly idempotencyKey: string
  /** Aborted when the call is cancelled, times out or is shut down; not by a question, which waits for the step. */
  readonly signal: AbortSignal
}

/** Work of a call that is done once, though its handler may run several times. */
export interface Step {
  /** Names it within the call; those of nested calls carry their scope. */
  readonly key: string
  /** What people call it, for messages. */
  readonly name: string
  /** The run of the handler that does it: another run of the same call may do it again, and gets what it gave. */
  readonly by: object
  /** Does it. */
  readonly run: (info: StepInfo) => unknown
  /** Makes JSON, or `undefined`, of what it gave. Apart, for when this throws it was done all the same. */
  readonly toJson: (given: unknown) => unknown
}

/** The results of steps as JSON, by key; `undefined` for a step that gave nothing. */
export type StepResults = ReadonlyMap<string, string | undefined>

/** What earlier runs of a handler left to this one. */
export interface EarlierSteps {
  /** Names the call across its runs; `undefined` where this is the first of them. */
  readonly id: string | undefined
  readonly results: StepResults
}
