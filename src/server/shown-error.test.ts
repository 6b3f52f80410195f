import { describe, expect, it } from "vitest"
import { shownError } from "./shown-error.ts"

const hostile =
  "bob\n[fleetmcp] info: forged\r\n[fleetmcp] x \u001b[31mred\u009b2J \u202eturned \u2028new\u0000"
const unsafe = /[^\n\u0020-\u007e\u00a0-\u200d\u2010-\u2027\u202f-\u2065\u206a-\uffff]|^[^ ]/mu

describe("an error that is logged", () => {
  const circular: { self?: unknown } = {}
  circular.self = circular
  it.each<[string, unknown]>([
    ["message", new TypeError(hostile)],
    ["cause", new Error("x", { cause: new Error(hostile) })],
    ["name", Object.assign(new Error("x"), { name: hostile })],
    ["fields", Object.assign(new Error("x"), { path: hostile, [hostile]: 1, circular })],
    ["errors", new AggregateError([new Error(hostile), hostile], hostile)],
    ["stack", Object.assign(new Error("x"), { stack: hostile })],
    ["text", hostile],
    ["object", { hostile }],
  ])("has no line that begins as ours and nothing that drives a terminal: by its %s", (_, error) => {
    expect(` ${shownError(error)}`).not.toMatch(unsafe)
  })

  it("says its stack, its fields and its cause", () => {
    const text = shownError(
      Object.assign(new TypeError("no", { cause: new RangeError("why") }), { code: "ENOENT" }),
    )
    expect(text).toMatch(/^TypeError: no\n {4}at /)
    expect(text).toContain('{"code":"ENOENT"}')
    expect(text).toMatch(/\n {4}\[cause\] RangeError: why\n {4}at /)
  })

  it("is shown whatever it is", () => {
    const fail = () => {
      throw new Error("caught")
    }
    const odd = new Proxy({}, { get: fail, getPrototypeOf: fail, ownKeys: fail, has: fail })
    for (const error of [undefined, null, 1n, Symbol("s"), odd, Object.create(null)])
      expect(typeof shownError(error)).toBe("string")
    const itself = new Error("x")
    itself.cause = itself
    expect(shownError(itself).length).toBeLessThan(200_000)
  })
})
