import { AsyncLocalStorage } from "node:async_hooks"

/** Carries a value along everything that runs on behalf of a call. */
export interface ContextStore {
  run<A, B, T>(value: object, work: (a: A, b: B) => T, a: A, b: B): T
  get(): object | undefined
}

const storage: AsyncLocalStorage<object> = /* @__PURE__ */ new AsyncLocalStorage<object>()

export const contextStore: ContextStore = {
  run: (value, work, a, b) => storage.run(value, work, a, b),
  get: () => storage.getStore(),
}
