import { ContextMisused } from "../errors/context.ts"
import type { Call } from "../protocol/call.ts"
import type { ServerLog } from "./server-log.ts"

/** A use of a context where it should not be used. */
export interface Misuse {
  /** The call that the context belongs to. */
  readonly call: Call
  /** The call that used it; `undefined` where its own was over. */
  readonly other: Call | undefined
  /** What was used: `log`, `state.set()`. */
  readonly member: string
}

/** What was told already, by log: once is enough. Bounded, since names come from peers. */
const told: WeakMap<ServerLog, Set<string>> = /* @__PURE__ */ new WeakMap()
const mostTold = 1000

/** Tells of a context that was used once its call had been answered, or by another call. */
export function reportMisuse(log: ServerLog, { call, other, member }: Misuse): void {
  // Of a call that was cancelled, or waits to be run again, there is no telling what it still does.
  const isFault = other === undefined ? !call.exchange.signal.aborted : !isWithin(other, call)
  if (!isFault) return
  const error = new ContextMisused(member, call.target, other?.target)
  const known = told.get(log) ?? new Set()
  told.set(log, known)
  if (known.has(error.message) || known.size >= mostTold) return
  known.add(error.message)
  log({ level: "warning", message: "The context of a call is misused", error })
}

/** Whether a call was made by another, whose context it may use. */
function isWithin(inner: Call, outer: Call): boolean {
  for (let call: Call | undefined = inner; call !== undefined; call = call.parent) {
    if (call === outer) return true
  }
  return false
}
