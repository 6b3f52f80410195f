import { type } from "arktype"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { isStandardSchema } from "./schema.ts"

describe("isStandardSchema", () => {
  it("knows schemas that are objects and schemas that are functions", () => {
    expect([z.string(), type("string")].map(isStandardSchema)).toEqual([true, true])
  })

  it.each([
    [undefined],
    [null],
    [3],
    ["~standard"],
    [{}],
    [{ "~standard": null }],
    [{ "~standard": { version: 1 } }],
  ])("refuses %o", (value) => {
    expect(isStandardSchema(value)).toBe(false)
  })

  it("survives a getter that throws", () => {
    const hostile = Object.defineProperty({}, "~standard", {
      get: () => {
        throw new TypeError("no")
      },
    })
    expect(isStandardSchema(hostile)).toBe(false)
  })
})
