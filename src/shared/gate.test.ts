import { describe, expect, it } from "vitest"
import { createGate } from "./gate.ts"

/** Work that goes on until it is told to end. */
function openWork() {
  const ends: (() => void)[] = []
  const started: string[] = []
  const work = (name: string) => () => {
    started.push(name)
    return new Promise<string>((resolve) => ends.push(() => resolve(name)))
  }
  return { ends, started, work }
}

describe("createGate", () => {
  it("runs no more at once than it may, and the rest in its order", async () => {
    const { ends, started, work } = openWork()
    const gate = createGate(2)
    const results = ["a", "b", "c", "d"].map((name) => gate(work(name)))
    expect(started).toEqual(["a", "b"])
    ends[1]?.()
    expect(await results[1]).toBe("b")
    await Promise.resolve()
    expect(started).toEqual(["a", "b", "c"])
    ends[0]?.()
    await results[0]
    await Promise.resolve()
    expect(started).toEqual(["a", "b", "c", "d"])
    for (const end of ends) end()
    expect(await Promise.all(results)).toEqual(["a", "b", "c", "d"])
  })

  it("lets others in when work fails", async () => {
    const gate = createGate(1)
    await expect(gate(() => Promise.reject(new TypeError("on purpose")))).rejects.toThrow("on purpose")
    const refuse = (): Promise<never> => {
      throw new TypeError("at once")
    }
    await expect(gate(refuse)).rejects.toThrow("at once")
    expect(await gate(async () => "next")).toBe("next")
  })
})
