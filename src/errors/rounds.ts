// Calls that ask: loaded with what serves them.
import { clip } from "../shared/clip.ts"
import { FleetError } from "./fleet-error.ts"

/** The client answered what was asked, but the handler no longer asks it. */
export class ReplayDiverged extends FleetError {
  readonly code = "REPLAY_DIVERGED"
  override readonly rpc = -32603
  constructor(before: string, now: string) {
    super(`The client answered \`${clip(before)}\`, but this run asks \`${clip(now)}\` instead.`, {
      fix: "Give the question a `{ key }`, or keep times and random values out of its text: a handler runs again from its beginning on every round.",
    })
  }
}

/** One run of a handler asked two questions under the same key. */
export class RepeatedKey extends FleetError {
  readonly code = "REPEATED_KEY"
  constructor(key: string) {
    super(`The key \`${clip(key)}\` names two questions of one call, and so one answer for both.`, {
      fix: "Give each its own key, such as `name-1` and `name-2` in a loop, or leave `{ key }` out.",
    })
  }
}

/** A call asked for input more often than is sensible. */
export class TooManyRounds extends FleetError {
  readonly code = "TOO_MANY_ROUNDS"
  override readonly rpc = -32603
  constructor(limit: number) {
    super(`The call asked for input in more than ${limit} rounds.`, {
      fix: "Ask for several things in one round, or end the call and let the model call again.",
    })
  }
}

/** The `requestState` of a retry was not made here, not for this call and caller, or has expired. */
export class InvalidRequestState extends FleetError {
  readonly code = "INVALID_REQUEST_STATE"
  override readonly rpc = -32602
  constructor(why: string, cause?: unknown) {
    super(`\`requestState\` cannot be used: ${why}.`, {
      fix: "Echo it as it came, with the same method and arguments, or call again without it.",
      cause,
    })
  }
}

/** What a suspended call must remember is larger than a `requestState` may be. */
export class RequestStateTooLarge extends FleetError {
  readonly code = "REQUEST_STATE_TOO_LARGE"
  override readonly rpc = -32603
  constructor(size: number, limit: number) {
    super(`The state of the suspended call takes ${size} bytes, more than ${limit}.`, {
      fix: "Ask for less at a time, or keep large values in your own storage and their keys here.",
    })
  }
}

/** A client's answer does not fit what was asked. */
export class InvalidAnswer extends FleetError {
  readonly code = "INVALID_ANSWER"
  override readonly rpc = -32602
  constructor(problem: string) {
    super(`The client's answer ${problem}`)
  }
}
