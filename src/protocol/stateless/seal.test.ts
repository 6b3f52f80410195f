import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { WeakSecret } from "../../errors/protocol.ts"
import { InvalidRequestState, RequestStateTooLarge } from "../../errors/rounds.ts"
import { createSealer } from "./seal.ts"

const oldSecret = "the secret of last year, long enough"
const newSecret = "the secret of this year, long enough"
const secrets = ["a secret that is long enough to be one"]

describe("a sealer", () => {
  it("opens what it sealed, whatever that is", async () => {
    const sealer = createSealer({ secrets, maxSize: 1_000_000 })
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.string(), async (value, associated) => {
        const opened = await sealer.open(await sealer.seal({ value }, associated), associated)
        expect(opened.value).toEqual(JSON.parse(JSON.stringify(value)))
      }),
      { numRuns: 50 },
    )
  })

  it("writes nothing but URL-safe characters, and never the same twice", async () => {
    const sealer = createSealer({ secrets })
    const [one, two] = await Promise.all([sealer.seal({ a: 1 }, "x"), sealer.seal({ a: 1 }, "x")])
    expect(one).toMatch(/^1[\w-]+$/)
    expect(one).not.toBe(two)
  })

  it("refuses any text that it did not write, with its own error", async () => {
    const sealer = createSealer({ secrets })
    const sealed = await sealer.seal({ a: 1 }, "x")
    const mutated = fc
      .tuple(fc.nat(sealed.length - 1), fc.string({ minLength: 1, maxLength: 2 }))
      .map(([at, text]) => sealed.slice(0, at) + text + sealed.slice(at + 1))
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), mutated), async (text) => {
        fc.pre(text !== sealed)
        await expect(sealer.open(text, "x")).rejects.toBeInstanceOf(InvalidRequestState)
      }),
      { numRuns: 200 },
    )
  })

  it("refuses what was sealed for something else", async () => {
    const sealer = createSealer({ secrets })
    const sealed = await sealer.seal({ a: 1 }, "one")
    await expect(sealer.open(sealed, "two")).rejects.toThrow("another call or caller")
  })

  it("refuses what has expired, by the clock it was given", async () => {
    let now = 1000
    const sealer = createSealer({ secrets, ttlMs: 60, now: () => now })
    const sealed = await sealer.seal({ a: 1 }, "x")
    now = 1060
    await expect(sealer.open(sealed, "x")).resolves.toMatchObject({ a: 1 })
    now = 1061
    await expect(sealer.open(sealed, "x")).rejects.toThrow("expired")
  })

  it("lets no payload choose its own expiry", async () => {
    const sealer = createSealer({ secrets, ttlMs: 60, now: () => 1000 })
    const opened = await sealer.open(await sealer.seal({ exp: Number.MAX_VALUE }, "x"), "x")
    expect(opened.exp).toBe(1060)
  })

  it("seals with the first key and opens with all", async () => {
    const old = createSealer({ secrets: [oldSecret] })
    const rotated = createSealer({ secrets: [newSecret, oldSecret] })
    const renewed = createSealer({ secrets: [newSecret] })
    const before = await old.seal({ a: 1 }, "x")
    const after = await rotated.seal({ a: 2 }, "x")
    await expect(rotated.open(before, "x")).resolves.toMatchObject({ a: 1 })
    await expect(renewed.open(after, "x")).resolves.toMatchObject({ a: 2 })
    await expect(renewed.open(before, "x")).rejects.toThrow("not made here")
    await expect(old.open(after, "x")).rejects.toThrow("not made here")
  })

  it("takes bytes for a secret, and the same bytes for the same secret", async () => {
    const bytes = new TextEncoder().encode(oldSecret)
    const sealed = await createSealer({ secrets: [bytes] }).seal({ a: 1 }, "x")
    await expect(createSealer({ secrets: [oldSecret] }).open(sealed, "x")).resolves.toMatchObject({ a: 1 })
  })

  it("has a key of its own where it was given none", async () => {
    const sealed = await createSealer({ secrets: undefined }).seal({ a: 1 }, "x")
    await expect(createSealer({ secrets: undefined }).open(sealed, "x")).rejects.toThrow("not made here")
  })

  // An unset variable gives `undefined`, which would be the empty key that everybody knows.
  it.each([[[]], [[""]], [["short"]], [[undefined as never]], [[new Uint8Array(31)]]])(
    "refuses the ring %j, whose keys can be guessed",
    (ring) => {
      expect(() => createSealer({ secrets: ring })).toThrow(WeakSecret)
    },
  )

  it("bounds what it writes and what it reads", async () => {
    const sealer = createSealer({ secrets, maxSize: 200 })
    await expect(sealer.seal({ a: "x".repeat(200) }, "x")).rejects.toBeInstanceOf(RequestStateTooLarge)
    await expect(sealer.open("1".repeat(201), "x")).rejects.toThrow("too long")
  })
})
