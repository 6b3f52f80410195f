/** What decides when a circuit opens and closes. */
export interface CircuitRule {
  readonly failureRate: number
  readonly minCalls: number
  readonly windowMs: number
  readonly openMs: number
  readonly halfOpenMax: number
}

/** What is known of what is called under one key. */
export interface Circuit {
  /** Counts how often it opened, closed or was tried anew: what a call says that began before is no news. */
  turn: number
  state: "closed" | "open" | "half-open"
  /** Since when the state is so; for a closed one, since when the newer half of the window lasts. */
  since: number
  calls: number
  failures: number
  /** Those of the older half of the window. */
  earlierCalls: number
  earlierFailures: number
  /** Calls that try whether it works again, under way or done. */
  trials: number
  successes: number
}

export function newCircuit(now: number): Circuit {
  return { turn: 0, state: "closed", since: now, ...nothing }
}

const nothing = { calls: 0, failures: 0, earlierCalls: 0, earlierFailures: 0, trials: 0, successes: 0 }

/** Lets a call through, or gives the milliseconds after which it is worth trying again. */
export function admit(circuit: Circuit, rule: CircuitRule, now: number): number {
  if (circuit.state === "closed") return 0
  const left = circuit.since + rule.openMs - now
  if (circuit.state === "open") {
    if (left > 0) return left
    turnTo(circuit, "half-open", now)
  } else if (circuit.trials >= rule.halfOpenMax) {
    // Trials that come to no end must not keep it shut for ever.
    if (left > 0) return Math.min(left, 1000)
    turnTo(circuit, "half-open", now)
  }
  circuit.trials++
  return 0
}

/** Takes note of how a call ended; `undefined` where that says nothing of what was called. */
export function settle(
  circuit: Circuit,
  {
    turn,
    failed,
    now,
  }: { readonly turn: number; readonly failed: boolean | undefined; readonly now: number },
  rule: CircuitRule,
): void {
  if (turn !== circuit.turn) return
  if (circuit.state === "half-open") settleTrial(circuit, { failed, now }, rule)
  else if (failed !== undefined) count(circuit, { failed, now }, rule)
}

function count(
  circuit: Circuit,
  { failed, now }: { readonly failed: boolean; readonly now: number },
  rule: CircuitRule,
): void {
  shift(circuit, rule.windowMs / 2, now)
  circuit.calls++
  if (failed) circuit.failures++
  const calls = circuit.calls + circuit.earlierCalls
  const failures = circuit.failures + circuit.earlierFailures
  if (failed && calls >= rule.minCalls && failures >= rule.failureRate * calls) turnTo(circuit, "open", now)
}

function settleTrial(
  circuit: Circuit,
  { failed, now }: { readonly failed: boolean | undefined; readonly now: number },
  rule: CircuitRule,
): void {
  // One that proved nothing makes room for one that may.
  if (failed === undefined) circuit.trials--
  else if (failed) turnTo(circuit, "open", now)
  else if (++circuit.successes >= rule.halfOpenMax) turnTo(circuit, "closed", now)
}

/** Forgets what lies further back than a window, by halves. */
export function shift(circuit: Circuit, halfMs: number, now: number): void {
  const passed = now - circuit.since
  if (passed < halfMs) return
  const isNext = passed < 2 * halfMs
  circuit.earlierCalls = isNext ? circuit.calls : 0
  circuit.earlierFailures = isNext ? circuit.failures : 0
  circuit.calls = 0
  circuit.failures = 0
  circuit.since = isNext ? circuit.since + halfMs : now
}

function turnTo(circuit: Circuit, state: Circuit["state"], now: number): void {
  Object.assign(circuit, nothing, { state, since: now, turn: circuit.turn + 1 })
}
