import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ToolNames } from "./tool-names.ts"

describe("names of tools for the API of a model", () => {
  it("are those of the tools where they can be", () => {
    expect(new ToolNames(64).toApi("get-user_1")).toBe("get-user_1")
  })

  it("are told apart where they would be the same", () => {
    const names = new ToolNames(8)
    expect(["a.b", "a_b", "a.b", "averylongname", "averylongnote"].map((name) => names.toApi(name))).toEqual([
      "a_b",
      "a_b_2",
      "a_b",
      "averylon",
      "averyl_2",
    ])
  })

  it("fit, differ, and lead back to the tools, whatever those are called", () => {
    const name = fc.stringMatching(/^[\w.-]{1,128}$/)
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 20 }), fc.integer({ min: 8, max: 64 }), (given, max) => {
        const names = new ToolNames(max)
        const own = given.map((each) => names.toApi(each))
        expect(own.every((each) => /^[\w-]+$/.test(each) && each.length <= max)).toBe(true)
        expect(own.map((each) => names.fromApi(each))).toEqual(given)
      }),
    )
  })

  it("lead from the result of a call to its tool", () => {
    const names = new ToolNames(64)
    names.ofUse({ id: "1", name: "a.b" })
    expect([names.ofResult("1"), names.ofResult("2")]).toEqual(["a_b", "unknown"])
  })
})
