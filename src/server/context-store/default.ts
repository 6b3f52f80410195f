import type { ContextStore } from "./node.ts"

let current: object | undefined

/** Where the runtime has no AsyncLocalStorage: the context is there until the handler's first `await`. */
export const contextStore: ContextStore = {
  run(value, work, input) {
    const before = current
    current = value
    try {
      return work(input, value)
    } finally {
      current = before
    }
  },
  get: () => current,
}
