import type { InputRequests } from "../spec/index.ts"

// Under Symbol.for, so that two copies of the package know each other's values.
const kInputRequired: unique symbol = /* @__PURE__ */ Symbol.for("fleetmcp.input-required") as never

/** What a handler returns to ask the client itself, instead of awaiting `ctx.elicit()`. */
export interface InputRequired {
  readonly [kInputRequired]: true
  readonly requests: InputRequests | undefined
  readonly state: unknown
}

export interface InputRequiredInit {
  /** What to ask, by keys of your choice; `ctx.inputResponses` has the answers under the same keys. */
  readonly requests?: InputRequests
  /** Comes back as `ctx.inputState`. The client keeps it, sealed: it can neither read nor change it. Any JSON value. */
  readonly state?: unknown
}

/**
 * Ends a call with questions to the client; the call runs again with the answers.
 *
 * @see S28/basic/patterns/mrtr
 */
export function inputRequired(init: InputRequiredInit): InputRequired {
  return Object.freeze({ [kInputRequired]: true as const, requests: init.requests, state: init.state })
}

export function isInputRequired(value: unknown): value is InputRequired {
  return typeof value === "object" && value !== null && kInputRequired in value
}
