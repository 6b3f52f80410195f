/** Carries a value along everything that runs on behalf of a call. */
export interface ContextStore {
  /** Runs `work` with the value, which it also gets as its second argument. */
  run<Value extends object, Input, T>(value: Value, work: (input: Input, value: Value) => T, input: Input): T
  get(): object | undefined
}

/** As much as is used of `AsyncLocalStorage`. */
interface AsyncStorage {
  run<Args extends unknown[], T>(store: object, work: (...args: Args) => T, ...args: Args): T
  getStore(): object | undefined
}

interface Runtime {
  /** Where edge runtimes have it. */
  readonly AsyncLocalStorage?: new () => AsyncStorage
  readonly process?: {
    readonly getBuiltinModule?: (
      id: string,
    ) => { readonly AsyncLocalStorage?: new () => AsyncStorage } | undefined
  }
}

/**
 * The context of the call that runs. It is asked of the runtime itself: what a bundler takes for the target says less
 * about where the code will run, and an import would cost every start the loading of one more file.
 */
export const contextStore: ContextStore = /* @__PURE__ */ createContextStore(globalThis as Runtime)

/** @internal */
export function createContextStore(runtime: Runtime): ContextStore {
  const AsyncLocalStorage = builtIn(runtime) ?? runtime.AsyncLocalStorage
  return AsyncLocalStorage === undefined ? synchronousStore() : asyncStore(new AsyncLocalStorage())
}

function builtIn({ process }: Runtime): Runtime["AsyncLocalStorage"] {
  try {
    return process?.getBuiltinModule?.("async_hooks")?.AsyncLocalStorage
  } catch {
    // What stands in for Node may have the function and throw: then there is none.
    return undefined
  }
}

function asyncStore(storage: AsyncStorage): ContextStore {
  return {
    run: (value, work, input) => storage.run(value, work, input, value),
    get: () => storage.getStore(),
  }
}

/** Where the runtime has no `AsyncLocalStorage`: the context is there until the handler's first `await`. */
function synchronousStore(): ContextStore {
  let current: object | undefined
  return {
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
}
