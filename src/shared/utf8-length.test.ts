import fc from "fast-check"
import { expect, it } from "vitest"
import { toUtf8 } from "./utf8.ts"
import { utf8Length } from "./utf8-length.ts"

it("counts the bytes that encoding a text gives", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(utf8Length(text)).toBe(toUtf8(text).length)
    }),
  )
})
