import { AsyncLocalStorage } from "node:async_hooks"
import { describe, expect, it } from "vitest"
import { createContextStore } from "./context-store.ts"

const inner = { name: "inner" }
const outer = { name: "outer" }

describe.each([
  ["asynchronous storage", createContextStore({ process })],
  ["asynchronous storage as a global", createContextStore({ AsyncLocalStorage })],
  [
    "a stand-in for Node that throws",
    createContextStore({
      process: {
        getBuiltinModule() {
          throw new TypeError("not implemented")
        },
      },
    }),
  ],
  ["nothing of that kind", createContextStore({})],
  ["a process without built-in modules", createContextStore({ process: {} })],
  [
    "a runtime that lacks this module",
    createContextStore({ process: { getBuiltinModule: () => undefined } }),
  ],
])("the context, on a runtime with %s", (_, store) => {
  it("is there while the work runs", () => {
    expect(store.run(inner, () => store.get(), undefined)).toBe(inner)
  })

  it("gives the work its input and the value", () => {
    expect(store.run(inner, (input: number, value) => [input, value], 7)).toEqual([7, inner])
  })

  it("is the outer one again after a nested run", () => {
    const after = store.run(
      outer,
      () => {
        store.run(inner, () => undefined, undefined)
        return store.get()
      },
      undefined,
    )
    expect(after).toBe(outer)
  })

  it("is gone after the work has thrown", () => {
    const fail = () => {
      throw new RangeError("no")
    }
    expect(() => store.run(inner, fail, undefined)).toThrow(RangeError)
    expect(store.get()).toBeUndefined()
  })
})

describe("the context behind an `await`", () => {
  it("is there where the runtime has asynchronous storage", async () => {
    const store = createContextStore({ AsyncLocalStorage })
    const late = store.run(inner, () => Promise.resolve().then(() => store.get()), undefined)
    expect(await late).toBe(inner)
  })

  it("is gone where it has none, and never another call's", async () => {
    const store = createContextStore({})
    const late = store.run(inner, () => Promise.resolve().then(() => store.get()), undefined)
    store.run(outer, () => undefined, undefined)
    expect(await late).toBeUndefined()
  })
})
