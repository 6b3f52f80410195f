import type { InputRequests } from "../spec/index.ts"

// Under Symbol.for, so that two copies of the package know each other's values.
const kInputRequired: unique symbol = /* @__PURE__ */ Symbol.for("fleetmcp.input-required") as never

/** What a handler returns to ask the client itself, instead of awaiting `ctx.elicit()`. */
export interface InputRequired {
  /** Marks what {@link inputRequired} made. */
  readonly [kInputRequired]: true
  /** What is asked, by key. */
  readonly requests: InputRequests | undefined
  /** What comes back as `ctx.inputState`. */
  readonly state: unknown
  /** Whether the answers count once. */
  readonly once: boolean
}

/** The questions of {@link inputRequired}, and what to remember until they are answered. */
export interface InputRequiredInit {
  /** What to ask, by keys of your choice; `ctx.inputResponses` has the answers under the same keys. */
  readonly requests?: InputRequests
  /** Comes back as `ctx.inputState`. The client keeps it, sealed: it can neither read nor change it. Any JSON value. */
  readonly state?: unknown
  /** Whether the answers count once: a client that sends them again is refused. Needs an atomic storage. Default `false`. */
  readonly once?: boolean
}

/**
 * Ends a call with questions to the client; the call runs again with the answers.
 *
 * @param init `requests`, `state` or both. With neither the client simply calls again.
 * @see S28/basic/patterns/mrtr
 * @example
 * tool({ name: "greet" }, (_, ctx) => {
 *   const name = ctx.inputResponses?.name
 *   if (name !== undefined) return JSON.stringify(name)
 *   const requestedSchema = { type: "object", properties: { name: { type: "string" } } } as const
 *   const params = { mode: "form", message: "Your name?", requestedSchema } as const
 *   return inputRequired({ requests: { name: { method: "elicitation/create", params } } })
 * })
 */
export function inputRequired(init: InputRequiredInit): InputRequired {
  const { requests, state, once = false } = init
  return Object.freeze({ [kInputRequired]: true as const, requests, state, once })
}

export function isInputRequired(value: unknown): value is InputRequired {
  return typeof value === "object" && value !== null && kInputRequired in value
}
