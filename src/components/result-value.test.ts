import { describe, expect, it } from "vitest"
import { link, text } from "./content.ts"
import { toCallToolResult } from "./result.ts"
import { toResultValue } from "./result-value.ts"

const roundTrip = (value: unknown): unknown => toResultValue(toCallToolResult(value, { subject: "tool `t`" }))

describe("the value of a result", () => {
  it.each([["a"], [""], [0], [null], [false], [[]], [{ a: 1 }], [undefined]])(
    "is what the handler returned: %j",
    (value) => {
      expect(roundTrip(value)).toEqual(value)
    },
  )

  it("is the text of a single text block, and the blocks otherwise", () => {
    expect(roundTrip(text("a"))).toBe("a")
    expect(roundTrip([text("a"), text("b")])).toEqual([text("a"), text("b")])
    expect(roundTrip(link("a://b"))).toEqual([link("a://b")])
  })
})
