import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { nearestName } from "./nearest-name.ts"

const names = ["add", "get_user", "getUsers", "list-files", "search", "config://settings", "x"]

describe("nearestName", () => {
  it.each([
    ["ad", undefined],
    ["addd", "add"],
    ["dad", "add"],
    ["ADD", "add"],
    ["getUser", "get_user"],
    ["get-user", "get_user"],
    ["GETUSER", "get_user"],
    ["get_usr", "get_user"],
    ["listFiles", "list-files"],
    ["lsit_files", "list-files"],
    ["serach", "search"],
    ["seach", "search"],
    ["config://setings", "config://settings"],
    ["configSettings", "config://settings"],
    ["delete_everything", undefined],
    ["y", undefined],
    ["X", "x"],
    ["", undefined],
    ["__", undefined],
  ])("for %j finds %j", (name, near) => {
    expect(nearestName(name, names)).toBe(near)
  })

  it("prefers the nearest, and the first of equally near ones", () => {
    expect(nearestName("abcdefghi", ["abcdefxyz", "abcdefghj", "abcdefghk"])).toBe("abcdefghj")
  })

  it.each([
    ["elicit", "elicitation"],
    ["transportType", "transport"],
    ["tra", undefined],
    ["tran", "transport"],
    ["elicitatoin", "elicitation"],
  ])("takes how a name begins for near, where nothing is nearer: %s", (name, near) => {
    expect(nearestName(name, ["transport", "elicitation", "elicitationUrl"])).toBe(near)
  })

  it("prefers the same letters over any other", () => {
    expect(nearestName("tool_one", ["tool_one1", "toolOne"])).toBe("toolOne")
  })

  it("has nothing to suggest among no candidates", () => {
    expect(nearestName("add", [])).toBeUndefined()
  })

  it("finds a name with one typing error", () => {
    const name = fc.stringMatching(/^[a-z]{4,20}$/)
    fc.assert(
      fc.property(
        name,
        fc.nat(19),
        fc.constantFrom("drop", "double", "change", "swap"),
        (text, position, error) => {
          const at = position % (text.length - 1)
          const typo = {
            drop: text.slice(0, at) + text.slice(at + 1),
            double: text.slice(0, at) + text.slice(at, at + 1) + text.slice(at),
            change: `${text.slice(0, at)}0${text.slice(at + 1)}`,
            swap: text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2),
          }[error]
          expect(nearestName(typo, ["0000000000", text])).toBe(text)
        },
      ),
    )
  })

  it("gives one of the candidates or nothing", () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string()), (name, candidates) => {
        expect([undefined, ...candidates]).toContain(nearestName(name, candidates))
      }),
    )
  })

  it("does not look at a megabyte long name", () => {
    const forbidden: Iterable<string> = {
      [Symbol.iterator]: () => {
        throw new TypeError("looked at")
      },
    }
    expect(nearestName("a".repeat(1_000_000), forbidden)).toBeUndefined()
  })

  it("skips candidates that are too long", () => {
    expect(nearestName("abc", ["a".repeat(1_000_000), "abcd"])).toBe("abcd")
  })

  it("stops after the first 2,000 candidates", () => {
    let given = 0
    function* endless() {
      for (;;) yield `candidate${given++}`
    }
    expect(nearestName("something", endless())).toBeUndefined()
    expect(given).toBeLessThanOrEqual(2001)
  })

  it("compares long names with many others quickly", () => {
    const start = performance.now()
    nearestName("ab".repeat(64), new Array(2000).fill("ba".repeat(64)))
    // Some tens of milliseconds; a server must survive being asked this for every wrong name.
    expect(performance.now() - start).toBeLessThan(1000)
  })
})
