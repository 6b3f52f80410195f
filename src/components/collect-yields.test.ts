import { describe, expect, it } from "vitest"
import { TooManyYields } from "../errors/returned.ts"
import { collectYields, MAX_YIELDS } from "./collect-yields.ts"
import { isYielding } from "./is-yielding.ts"

/** A promise that the test resolves. */
function openable(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

const never = new AbortController().signal

describe("isYielding", () => {
  it("knows generators, sync and async, and nothing else", () => {
    function* sync(): Generator<number> {
      yield 1
    }
    async function* async(): AsyncGenerator<number> {
      yield 1
    }
    const others = [null, 1, "a", [], new Map(), [].values(), new ReadableStream(), sync, { next: () => 1 }]
    expect([sync(), async()].every(isYielding)).toBe(true)
    expect(others.some(isYielding)).toBe(false)
  })
})

describe("collectYields", () => {
  it("collects what is yielded, in order", async () => {
    async function* three(): AsyncGenerator<number, void> {
      yield 1
      yield await Promise.resolve(2)
      yield 3
    }
    expect(await collectYields(three(), never, "tool `t`")).toEqual([1, 2, 3])
  })

  it("collects a sync generator, and what it returns", async () => {
    function* two(): Generator<number, string> {
      yield 1
      return "last"
    }
    expect(await collectYields(two(), never, "tool `t`")).toEqual([1, "last"])
  })

  it("passes on what the generator throws", async () => {
    async function* broken(): AsyncGenerator<number> {
      yield 1
      throw new RangeError("broken")
    }
    await expect(collectYields(broken(), never, "tool `t`")).rejects.toThrow("broken")
  })

  it("stops a generator that never ends, and lets it clean up", async () => {
    const closed = openable()
    async function* endless(): AsyncGenerator<number> {
      try {
        for (;;) yield 1
      } finally {
        closed.open()
      }
    }
    await expect(collectYields(endless(), never, "tool `t`")).rejects.toThrow(TooManyYields)
    await closed.opened
    expect(MAX_YIELDS).toBe(10_000)
  })

  it("ends at once with the reason when the call is aborted, and closes the generator", async () => {
    const closed = openable()
    const gate = openable()
    const controller = new AbortController()
    async function* waiting(): AsyncGenerator<number> {
      try {
        yield 1
        controller.abort(new RangeError("cancelled"))
        await gate.opened
        yield 2
        expect.fail("the generator went on")
      } finally {
        closed.open()
      }
    }
    await expect(collectYields(waiting(), controller.signal, "tool `t`")).rejects.toThrow("cancelled")
    gate.open()
    await closed.opened
  })

  it("does not start a generator of a call that is aborted already", async () => {
    async function* unused(): AsyncGenerator<number> {
      yield expect.fail("the generator was started")
    }
    const aborted = AbortSignal.abort(new RangeError("cancelled"))
    await expect(collectYields(unused(), aborted, "tool `t`")).rejects.toThrow("cancelled")
  })
})
