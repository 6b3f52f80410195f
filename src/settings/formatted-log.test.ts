import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { formattedLog } from "./formatted-log.ts"

const written: unknown[] = []

beforeEach(() => {
  written.length = 0
  vi.spyOn(console, "error").mockImplementation((text) => void written.push(text))
  vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(text) > 0)
})
afterEach(() => vi.restoreAllMocks())

const levels = ["debug", "info", "warning", "error"] as const

describe("the level of the log", () => {
  it.each([
    ["debug", ["debug", "info", "warning", "error"]],
    ["info", ["info", "warning", "error"]],
    ["warning", ["warning", "error"]],
    ["error", ["error"]],
    ["silent", []],
  ] as const)("writes from %s on", (logLevel, expected) => {
    const log = formattedLog({ logLevel })
    for (const level of levels) log({ level, message: level })
    expect(written.map((text) => String(text).split(" ").at(-1))).toEqual(expected)
  })
})

describe("the log as JSON", () => {
  const parsed = () => JSON.parse(String(written[0]))

  it("says of what has no text what it is", () => {
    formattedLog({ logFormat: "json" })({ level: "error", message: "failed", error: Object.create(null) })
    expect(parsed()).toMatchObject({ message: "failed", error: "object" })
  })

  it("writes one object per line", () => {
    formattedLog({ logFormat: "json" })({ level: "info", message: "two\nlines" })
    expect(parsed()).toEqual({ time: expect.any(String), level: "info", message: "two\nlines" })
  })

  it("writes errors with their cause", () => {
    const error = new TypeError("broken", { cause: new RangeError("below") })
    formattedLog({ logFormat: "json" })({ level: "error", message: "failed", errorId: "1", error })
    expect(parsed()).toMatchObject({
      errorId: "1",
      error: { name: "TypeError", message: "broken", cause: { name: "RangeError", message: "below" } },
    })
  })

  it("ends at causes that go round", () => {
    const error = new Error("a")
    error.cause = error
    formattedLog({ logFormat: "json" })({ level: "error", message: "failed", error })
    expect(parsed().error.message).toBe("a")
  })

  it("writes what is thrown and no error", () => {
    formattedLog({ logFormat: "json" })({ level: "error", message: "failed", error: 7n })
    expect(parsed().error).toBe("7")
  })
})
