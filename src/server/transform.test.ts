import { describe, expect, it } from "vitest"
import { defineTransform } from "./transform.ts"

describe("defineTransform", () => {
  it("takes an object of a class, with fields of its own", () => {
    class Hide {
      readonly name = "hide"
      readonly tag = "draft"
      list() {
        return []
      }
    }
    const hide = new Hide()
    expect(defineTransform(hide)).toBe(hide)
  })

  it.each([
    [{ name: "hide", lst: () => [] }, "FLEET-09", "Did you mean `list`?"],
    [{ list: () => [] }, "INVALID_OPTION", "`name` of the transform is `undefined`. Give a string."],
    [{ name: "hide", find: 5 }, "INVALID_OPTION", "Give a function."],
    [null, "INVALID_OPTION", "Give an object."],
  ])("refuses %j", (transform, code, text) => {
    expect(() => defineTransform(transform as never)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(text) }),
    )
  })
})
