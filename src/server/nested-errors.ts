import type { Call } from "../protocol/call.ts"

/** Whether an error is how a call ended that `call` made: it must not be passed off as its own. */
export function isOfNestedCall(error: unknown, call: Call): boolean {
  return error instanceof Error && nestedErrors.get(error) === call
}

const nestedErrors: WeakMap<Error, Call> = /* @__PURE__ */ new WeakMap()

/** Remembers that an error is how a call ended that `parent` made. */
export function markNested(error: unknown, parent: Call | undefined): unknown {
  if (error instanceof Error && parent !== undefined) nestedErrors.set(error, parent)
  return error
}
