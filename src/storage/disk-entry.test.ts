import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  decodeEntry,
  decodeKey,
  digestOf,
  encodeEntry,
  expiryOf,
  headBytes,
  isLive,
  isName,
  newName,
} from "./disk-entry.ts"

const texts = fc.string({ unit: "binary" })
const keys = fc.string({ unit: "binary", minLength: 1, maxLength: 128 })

const damages = fc.record({ at: fc.nat(), change: fc.integer({ min: 1, max: 255 }) })

describe("the file of an entry", () => {
  it("gives back what was written", () => {
    fc.assert(
      fc.property(keys, texts, (key, value) => {
        const file = encodeEntry(key, value)
        expect(decodeEntry(file, key)).toBe(value)
        expect(decodeKey(file.subarray(0, headBytes), digestOf(key))).toBe(key)
      }),
    )
  })

  it("is known when a byte of it was changed, or it was cut off", () => {
    fc.assert(
      fc.property(keys, texts, damages, (key, value, { at, change }) => {
        const file = encodeEntry(key, value)
        const place = at % file.length
        expect(decodeEntry(file.subarray(0, place), key)).toBeUndefined()
        file[place] = (file[place] ?? 0) ^ change
        expect(decodeEntry(file, key)).toBeUndefined()
      }),
    )
  })

  it("is known when the length of its key was changed to more than there is", () => {
    const file = encodeEntry("a".repeat(35), "")
    const changed = Buffer.from(file.toString("latin1").replace(" 35\n", " 75\n"), "latin1")
    expect(decodeEntry(changed, "a".repeat(35))).toBeUndefined()
  })

  it("is known when it is another's, or no entry at all", () => {
    fc.assert(
      fc.property(keys, texts, fc.uint8Array(), (key, value, bytes) => {
        expect(decodeEntry(encodeEntry(`${key}x`, value), key)).toBeUndefined()
        expect(decodeEntry(Buffer.from(bytes), key)).toBeUndefined()
        expect(decodeKey(Buffer.from(bytes), digestOf(key))).toBeUndefined()
      }),
    )
  })
})

describe("the name of a version", () => {
  it("says when it expires", () => {
    expect(expiryOf(newName(undefined))).toBeUndefined()
    expect(expiryOf(newName(1_700_000_000_000))).toBe(1_700_000_000_000)
    expect(isLive(newName(10), 9)).toBe(true)
    expect(isLive(newName(10), 10)).toBe(false)
    expect(isLive(newName(undefined), Number.MAX_SAFE_INTEGER)).toBe(true)
  })

  it("is known among whatever else there is", () => {
    expect(isName(newName(undefined))).toBe(true)
    expect(isName(newName(0))).toBe(true)
    for (const other of [
      "",
      ".",
      "..",
      "absent",
      "made up",
      `../${newName(1)}`,
      `${newName(1)}/x`,
      `${newName(1)}\n`,
    ])
      expect(isName(other)).toBe(false)
  })
})
