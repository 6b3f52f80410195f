import { ContextMisused } from "../errors/context.ts"
import type { Call } from "../protocol/call.ts"
import type { ServerLog } from "./server-log.ts"

/** A use of a context where it should not be used. */
export interface Misuse {
  /** The call that the context belongs to. */
  readonly call: Call
  /** The call that runs, if one does. */
  readonly running: Call | undefined
  /** What was used: `log`, `state.set()`. */
  readonly member: string
}

/** What was told already, by log: once is enough. Bounded, since names come from peers. */
const told: WeakMap<ServerLog, Set<string>> = /* @__PURE__ */ new WeakMap()
const mostTold = 1000

/** Tells of a context that was used once its call had been answered, or by another call that runs. */
export function reportMisuse(log: ServerLog, { call, running, member }: Misuse): void {
  const isOther = isAnother(running, call)
  // Of a call that was cancelled, or waits to be run again, there is no telling what it still does.
  const isLate = call.exchange.inert && !call.exchange.signal.aborted
  if (!isLate && (!isOther || call.exchange.inert)) return
  const error = new ContextMisused(member, call.target, isLate ? undefined : running?.target)
  const known = told.get(log) ?? new Set()
  told.set(log, known)
  const key = JSON.stringify([member, call.target, isLate ? undefined : running?.target])
  if (known.has(key) || known.size >= mostTold) return
  known.add(key)
  log({ level: "warning", message: "The context of a call is misused", error })
}

/** Whether a call that runs has nothing to do with another: the calls that a handler makes may use its context. */
function isAnother(running: Call | undefined, call: Call): boolean {
  // What a call that is over left behind, such as the events of a connection, runs on behalf of nobody.
  if (running === undefined || running.exchange.inert) return false
  for (let each: Call | undefined = running; each !== undefined; each = each.parent) {
    if (each === call) return false
  }
  return true
}
