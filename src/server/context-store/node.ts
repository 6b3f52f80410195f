import { AsyncLocalStorage } from "node:async_hooks"

/** Carries a value along everything that runs on behalf of a call. */
export interface ContextStore {
  /** Runs `work` with the value, which it also gets as its second argument. */
  run<Value extends object, Input, T>(value: Value, work: (input: Input, value: Value) => T, input: Input): T
  get(): object | undefined
}

const storage: AsyncLocalStorage<object> = /* @__PURE__ */ new AsyncLocalStorage<object>()

export const contextStore: ContextStore = {
  run: (value, work, input) => storage.run(value, work, input, value),
  get: () => storage.getStore(),
}
