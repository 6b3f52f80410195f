import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { decodeHeaderValue, encodeHeaderValue } from "./headers.ts"

describe("encodeHeaderValue", () => {
  it.each(["us-west1", "a b", "file:///x?y=%20", "=?base64?no end", "no start?=", "~!\"'"])(
    "leaves `%s` as it is",
    (value) => {
      expect(encodeHeaderValue(value)).toBe(value)
    },
  )

  it.each([
    ["Hello, 世界", "=?base64?SGVsbG8sIOS4lueVjA==?="],
    [" padded ", "=?base64?IHBhZGRlZCA=?="],
    ["line1\nline2", "=?base64?bGluZTEKbGluZTI=?="],
    ["=?base64?literal?=", "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?="],
    ["a\tb", "=?base64?YQli?="],
    ["", "=?base64??="],
  ])("encodes %j", (value, header) => {
    expect(encodeHeaderValue(value)).toBe(header)
  })

  it("writes nothing but visible ASCII and inner spaces", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) =>
        /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(encodeHeaderValue(value)),
      ),
    )
  })

  it("is undone by decodeHeaderValue", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        (value) => decodeHeaderValue(encodeHeaderValue(value)) === value,
      ),
    )
  })

  it("is undone by decodeHeaderValue for what resembles the markers", () => {
    const part = fc.constantFrom("=?base64?", "?=", "=", "?", "SGVsbG8=", "\ufeff", " ", "é")
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const value = parts.join("")
        return decodeHeaderValue(encodeHeaderValue(value)) === value
      }),
    )
  })
})

describe("decodeHeaderValue", () => {
  it("decodes Base64 between the markers", () => {
    expect(decodeHeaderValue("=?base64?SGVsbG8=?=")).toBe("Hello")
  })

  it.each([
    "Hello",
    "SGVsbG8=",
    "=?base64?SGVsbG8=",
    "SGVsbG8=?=",
    "=?BASE64?SGVsbG8=?=",
    "=?Base64?SGVsbG8=?=",
    "",
  ])("takes `%s` for a literal", (header) => {
    expect(decodeHeaderValue(header)).toBe(header)
  })

  it.each([
    ["without its padding", "SGVsbG8"],
    ["with too much padding", "SGVsbG8=="],
    ["with padding alone", "===="],
    ["with padding inside", "SGVs=G8="],
    ["with characters outside the alphabet", "SGVs!!!bG8="],
    ["in the URL alphabet", "_-__"],
    ["with white space", "SGVs bG8="],
    ["with left-over bits", "SGVsbG9="],
    ["that is not UTF-8", "/w=="],
    ["that is an overlong UTF-8 form", "wIA="],
    ["that is a UTF-16 surrogate", "7aCA"],
    ["that is a nested sentinel's end", "SGVsbG8=?="],
  ])("refuses Base64 %s", (_, payload) => {
    expect(decodeHeaderValue(`=?base64?${payload}?=`)).toBeUndefined()
  })

  it("refuses markers that overlap", () => {
    expect(decodeHeaderValue("=?base64?=")).toBeUndefined()
  })

  it.each(["a\nb", "a\r\nX-Injected: 1", "a\0b", "\x7f", "é", "世界", "\u00a0a"])(
    "refuses %j, which no header may hold",
    (header) => {
      expect(decodeHeaderValue(header)).toBeUndefined()
    },
  )

  it("ignores white space around the value", () => {
    expect(decodeHeaderValue(" \t Hello\t ")).toBe("Hello")
    expect(decodeHeaderValue("\t=?base64?SGVsbG8=?= ")).toBe("Hello")
  })

  it("keeps a byte order mark", () => {
    expect(decodeHeaderValue("=?base64?77u/YQ==?=")).toBe("\ufeffa")
  })

  it("gives a value one encoded spelling only", () => {
    const payload = fc.string({ unit: fc.constantFrom(..."ABQgwZaz09+/=") })
    fc.assert(
      fc.property(payload, (text) => {
        const value = decodeHeaderValue(`=?base64?${text}?=`)
        return value === undefined || text === Buffer.from(value).toString("base64")
      }),
    )
  })

  it("never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        decodeHeaderValue(text)
        decodeHeaderValue(`=?base64?${text}?=`)
      }),
    )
  })

  it("answers quickly for long values", () => {
    expect(decodeHeaderValue(`${" ".repeat(200_000)}x`)).toBe("x")
    expect(decodeHeaderValue(`=?base64?${"A".repeat(400_001)}?=`)).toBeUndefined()
  })
})
