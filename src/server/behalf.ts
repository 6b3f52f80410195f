import type { Call } from "../protocol/call.ts"

/** What is being made, by what stands for it in the context store, and by the calls that its making makes. */
const makings: WeakMap<object, object> = /* @__PURE__ */ new WeakMap()

/** Notes that what runs under a context, or a call, is done to make something. */
export function noteBehalf(holder: object, making: object): void {
  makings.set(holder, making)
}

/** Notes that a call is made by what runs under a context. */
export function inheritBehalf(call: Call, context: object | undefined): void {
  const making = context && makings.get(context)
  if (making !== undefined) makings.set(call, making)
}

/** What a call is made for, if something is being made: by the call itself, or by one that it is nested in. */
export function behalfOf(call: Call): object | undefined {
  for (let outer: Call | undefined = call; outer !== undefined; outer = outer.parent) {
    const making = makings.get(outer)
    if (making !== undefined) return making
  }
  return undefined
}
