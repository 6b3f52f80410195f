import fc from "fast-check"
import { afterEach, describe, expect, it, vi } from "vitest"
import {
  decodeBase64,
  decodeBase64Text,
  decodedLength,
  encodeBase64,
  encodeBase64Text,
  encodeBase64Url,
  isBase64,
} from "./base64.ts"
import { decodeBase64Url, decodeBase64UrlText, encodeBase64UrlText } from "./base64-url.ts"

const bytes = fc.uint8Array({ maxLength: 100 })
const text = fc.string({ unit: "binary" }).filter((value) => !/\p{Cs}/u.test(value))
const vectors = [
  ["", ""],
  ["f", "Zg=="],
  ["fo", "Zm8="],
  ["foo", "Zm9v"],
  ["foob", "Zm9vYg=="],
  ["fooba", "Zm9vYmE="],
  ["foobar", "Zm9vYmFy"],
] as const

afterEach(() => {
  vi.unstubAllGlobals()
})

describe.each(["with Buffer", "with web standards alone"])("%s", (kind) => {
  function prepare(): void {
    if (kind !== "with Buffer") vi.stubGlobal("Buffer", undefined)
  }

  it.each(vectors)("encodes and decodes the vector %j of RFC 4648 §10", (plain, encoded) => {
    prepare()
    expect([encodeBase64Text(plain), decodeBase64Text(encoded)]).toEqual([encoded, plain])
    const url = encoded.replaceAll("=", "")
    expect([encodeBase64UrlText(plain), decodeBase64UrlText(url)]).toEqual([url, plain])
  })

  it("decodes what it encoded", () => {
    prepare()
    fc.assert(
      fc.property(bytes, (value) => {
        expect(decodeBase64(encodeBase64(value))).toEqual(value)
        expect(decodeBase64Url(encodeBase64Url(value))).toEqual(value)
        expect(decodedLength(encodeBase64(value))).toBe(value.length)
        expect(decodedLength(encodeBase64Url(value))).toBe(value.length)
      }),
    )
  })

  it("encodes a view and not the memory around it", () => {
    prepare()
    expect(encodeBase64(new Uint8Array([1, 102, 2]).subarray(1, 2))).toBe("Zg==")
  })

  it("decodes into memory of its own", () => {
    prepare()
    expect(decodeBase64("Zm9v")?.buffer.byteLength).toBe(3)
  })

  it("encodes and decodes megabytes", () => {
    prepare()
    const large = new Uint8Array(3_000_001).map((_, index) => index * 31)
    const encoded = encodeBase64(large)
    expect(encoded).toHaveLength(4_000_004)
    const decoded = decodeBase64(encoded)
    expect(large.findIndex((byte, index) => byte !== decoded?.[index])).toBe(-1)
  })

  it.each([
    ["white space", "Zm 9v", "Zm9v\n", " "],
    ["missing padding", "Zg", "Zg=", "Zm8"],
    ["surplus padding", "Zm9v====", "====", "=", "Z===", "Zm8=="],
    ["padding inside", "Zg==Zg==", "Z=g="],
    ["another alphabet", "-_-_", "Zm9\u00e9", "Zm9\0"],
    ["unused bits", "Zh==", "Zm9=", "Z/=="],
  ])("refuses %s", (_, ...invalid) => {
    prepare()
    expect(invalid.map((value) => decodeBase64(value))).toEqual(invalid.map(() => undefined))
  })

  it.each(["Zg==", "Zg=", "Z", "Zh", "Zm9", "+/+/", "Zm9v\n", "é"])("refuses %j as Base64url", (value) => {
    prepare()
    expect(decodeBase64Url(value)).toBeUndefined()
  })
})

describe("isBase64", () => {
  it("accepts just what encoding gives back", () => {
    const likely = fc.array(fc.constantFrom("A", "Q", "g", "Z", "+", "/", "=", "-", "\n"), { maxLength: 9 })
    fc.assert(
      fc.property(likely, (units) => {
        const value = units.join("")
        expect(isBase64(value)).toBe(Buffer.from(value, "base64").toString("base64") === value)
      }),
      { numRuns: 3000 },
    )
  })

  it("tells quickly that megabytes are not Base64", () => {
    expect(isBase64(`${"A".repeat(8_000_000)}!AAA`)).toBe(false)
  })
})

describe("texts", () => {
  it("come back as they were", () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(decodeBase64Text(encodeBase64Text(value))).toBe(value)
        expect(decodeBase64UrlText(encodeBase64UrlText(value))).toBe(value)
      }),
    )
  })

  it("keep a byte order mark", () => {
    expect(decodeBase64Text(encodeBase64Text("\ufeffa"))).toBe("\ufeffa")
  })

  it("are refused when the bytes are not UTF-8", () => {
    expect([decodeBase64Text("/w=="), decodeBase64UrlText("_w")]).toEqual([undefined, undefined])
  })
})
