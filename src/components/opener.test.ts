import { describe, expect, it } from "vitest"
import { type Opener, toOpen } from "./opener.ts"

class Connection {
  isOpen = true

  async [Symbol.asyncDispose](): Promise<void> {
    this.isOpen = false
  }
}

async function opened<T>(opener: Opener<T, undefined>) {
  return toOpen(opener)(undefined)
}

describe("an opener", () => {
  it("that returns what can be disposed of, has it disposed of", async () => {
    const { value, close } = await opened(() => new Connection())
    await close?.()
    expect(value).toMatchObject({ isOpen: false })
  })

  it("that returns what can be disposed of at once, has it disposed of too", async () => {
    const seen: string[] = []
    const { close } = await opened(async () => ({ [Symbol.dispose]: () => void seen.push("disposed") }))
    await close?.()
    expect(seen).toEqual(["disposed"])
  })

  it.each([[5], [undefined], [null], ["text"], [{ any: "thing" }], [() => 5]])(
    "that returns %j leaves nothing to do",
    async (given) => expect(await opened(() => given as unknown)).toEqual({ value: given, close: undefined }),
  )

  it.each([
    [
      "an async generator",
      async function* (seen: string[]) {
        yield "value"
        seen.push("over")
      },
    ],
    [
      "a generator",
      function* (seen: string[]) {
        yield "value"
        seen.push("over")
      },
    ],
  ])("that is %s gives back in what follows the `yield`", async (_, generate) => {
    const seen: string[] = []
    const { value, close } = await opened(() => generate(seen))
    expect([value, ...seen]).toEqual(["value"])
    await close?.()
    expect(seen).toEqual(["over"])
  })

  it("of two halves gives its own value to the second, whatever that could do itself", async () => {
    const connection = new Connection()
    const seen: unknown[] = []
    const { close } = await opened({ start: async () => connection, stop: (value) => void seen.push(value) })
    await close?.()
    expect([seen, connection.isOpen]).toEqual([[connection], true])
  })

  it("is given what it is made from", async () => {
    const open = toOpen((from: { readonly name: string }) => from.name)
    expect((await open({ name: "Ada" })).value).toBe("Ada")
  })

  it("that yields nothing is refused", async () => {
    const opening = opened(async function* () {
      if (Math.random() > 1) yield 1
    })
    await expect(opening).rejects.toMatchObject({ code: "NOT_YIELDED_ONCE" })
  })

  it("that yields twice is ended all the same, and refused", async () => {
    const seen: string[] = []
    const { close } = await opened(async function* () {
      try {
        yield 1
        yield 2
      } finally {
        seen.push("over")
      }
    })
    await expect(close?.()).rejects.toMatchObject({ code: "NOT_YIELDED_ONCE" })
    expect(seen).toEqual(["over"])
  })

  it("hears at its `yield` of what failed, and may let it pass", async () => {
    const error = new Error("no")
    const seen: unknown[] = []
    const { close } = await opened(async function* () {
      try {
        yield "transaction"
        seen.push("commit")
      } catch (failure) {
        seen.push("roll back", failure)
        throw failure
      }
    })
    await close?.({ error })
    expect(seen).toEqual(["roll back", error])
  })

  it("that fails over a failure has failed itself", async () => {
    const { close } = await opened(async function* () {
      try {
        yield "transaction"
      } catch {
        throw new Error("cannot roll back")
      }
    })
    await expect(close?.({ error: new Error("no") })).rejects.toThrow("cannot roll back")
  })

  it("does not dispose of what another gives back", async () => {
    const pool = await opened(() => new Connection())
    const borrowed = await opened(() => pool.value)
    expect(borrowed.close).toBeUndefined()
    await pool.close?.()
    expect(pool.value).toMatchObject({ isOpen: false })
  })
})
