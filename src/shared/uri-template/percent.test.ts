import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { encodeReserved, encodeSegments, encodeUnreserved, normalizeUri } from "./percent.ts"

describe("normalizeUri", () => {
  it.each([
    ["HTTP://A/b", "http://A/b"],
    ["a:%41%7e%2f%C3%a9", "a:A~%2F%C3%A9"],
    ["a:é 🚀", "a:%C3%A9%20%F0%9F%9A%80"],
    ['a:b"<>\\^`{|}', "a:b%22%3C%3E%5C%5E%60%7B%7C%7D"],
    ["a:!#$&'()*+,-./:;=?@[]_~", "a:!#$&'()*+,-./:;=?@[]_~"],
    ["a:%2541", "a:%2541"],
  ])("brings %j into normal form", (uri, normal) => {
    expect(normalizeUri(uri)).toBe(normal)
  })

  it.each(["", "a", "/a", "1:b", ":b", "a:%", "a:%f", "a:%ff", "a:%u0041", "a:\u007f", "a:\t", "a:\udc00"])(
    "refuses %j",
    (uri) => expect(normalizeUri(uri)).toBeUndefined(),
  )

  it("is idempotent, and keeps what the URI decodes to", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (rest) => {
        const normal = normalizeUri(`a:${rest}`)
        if (normal === undefined) return
        expect(normalizeUri(normal)).toBe(normal)
        expect(decodeURIComponent(normal)).toBe(decodeURIComponent(`a:${rest}`))
      }),
    )
  })
})

describe("encoding", () => {
  const text = fc.string({ unit: "binary" }).filter((value) => !/\p{Cs}/u.test(value))

  it("leaves only allowed characters, and decodes to the same text", () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(encodeUnreserved(value)).toMatch(/^(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})*$/)
        expect(encodeSegments(value)).toMatch(/^(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})*$/)
        expect(encodeReserved(value)).toMatch(/^(?:[A-Za-z0-9._~:/?#[\]@!$&'()*+,;=-]|%[0-9A-F]{2})*$/)
        for (const encode of [encodeUnreserved, encodeSegments, encodeReserved]) {
          expect(decodeURIComponent(encode(value))).toBe(value)
        }
      }),
    )
  })
})
