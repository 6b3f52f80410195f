import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { AnswerTimedOut } from "../errors/dialogue.ts"
import { Deadline } from "./deadline.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const late = () => new AnswerTimedOut("x", 1)

describe("Deadline", () => {
  it("ends a silence", () => {
    using deadline = new Deadline(1_000, late, new AbortController().signal)
    vi.advanceTimersByTime(999)
    expect(deadline.signal.aborted).toBe(false)
    vi.advanceTimersByTime(1)
    expect(deadline.signal.reason).toBeInstanceOf(AnswerTimedOut)
  })

  it("starts anew at a sign of life", () => {
    using deadline = new Deadline(1_000, late, new AbortController().signal)
    vi.advanceTimersByTime(900)
    deadline.touch()
    vi.advanceTimersByTime(900)
    expect(deadline.signal.aborted).toBe(false)
  })

  it("stands still while a person is asked", async () => {
    using deadline = new Deadline(1_000, late, new AbortController().signal)
    const answered = deadline.hold(async () => {
      vi.advanceTimersByTime(60_000)
      deadline.touch()
      vi.advanceTimersByTime(60_000)
      return "yes"
    })
    expect(await answered).toBe("yes")
    expect(deadline.signal.aborted).toBe(false)
    vi.advanceTimersByTime(1_000)
    expect(deadline.signal.aborted).toBe(true)
  })

  it("ends when everything ends, at once if it has", () => {
    const parent = new AbortController()
    using deadline = new Deadline(1_000, late, parent.signal)
    parent.abort("over")
    using another = new Deadline(1_000, late, parent.signal)
    expect([deadline.signal.reason, another.signal.reason]).toEqual(["over", "over"])
  })

  it("keeps no timer once it is over", () => {
    new Deadline(1_000, late, new AbortController().signal)[Symbol.dispose]()
    expect(vi.getTimerCount()).toBe(0)
  })
})
