import { describe, expect, it, onTestFinished, vi } from "vitest"
import { memoryStorage } from "../storage/memory.ts"
import type { StorageDriver, WriteOptions } from "../storage/storage.ts"
import { durably, type StepRecord, type StepWork } from "./durable-step.ts"

const key = "key"

function record(storage: StorageDriver, answers: StepRecord["answers"] = {}): StepRecord {
  return { storage, key, name: "charge", answers }
}

function work(run: () => unknown): StepWork {
  return { signal: new AbortController().signal, run, toJson: (given) => given }
}

/** A storage that lets a test wait, fail or lie before each of its writes. */
function watched(
  before: (value: string | undefined, options: WriteOptions | undefined) => unknown,
  storage: StorageDriver = memoryStorage(),
): StorageDriver {
  return {
    ...storage,
    async write(key, value, options) {
      await before(value, options)
      return storage.write(key, value, options)
    },
  }
}

function fakeTime(): void {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
}

describe("a step that others may be doing", () => {
  it("stays done though its last note takes long to write", async () => {
    fakeTime()
    const storage = memoryStorage()
    const slow = watched(
      (value) => value?.includes("isDone") && new Promise((resolve) => setTimeout(resolve, 4_000)),
      storage,
    )
    const first = durably(
      record(slow),
      work(() => 7),
    )
    await vi.advanceTimersByTimeAsync(20_000)
    expect(await first).toBe(7)
    expect(
      await durably(
        record(storage),
        work(() => 8),
      ),
    ).toBe(7)
  })

  it("may be tried again though it took long to write down that it failed", async () => {
    fakeTime()
    const storage = memoryStorage()
    const slow = watched(
      (value) => value === undefined && new Promise((resolve) => setTimeout(resolve, 4_000)),
      storage,
    )
    const failing = durably(
      record(slow),
      work(() => Promise.reject(new Error("card refused"))),
    )
    failing.catch(() => undefined)
    await vi.advanceTimersByTimeAsync(20_000)
    await expect(failing).rejects.toThrow("card refused")
    expect(
      await durably(
        record(storage),
        work(() => 8),
      ),
    ).toBe(8)
  })

  it("is told of no more often than a slow storage can hear", async () => {
    fakeTime()
    const minute = 60_000
    const slow = watched(
      (_, options) => options?.if !== "absent" && new Promise((resolve) => setTimeout(resolve, minute)),
    )
    const done = vi.fn()
    durably(
      record(slow),
      work(() => new Promise((resolve) => setTimeout(resolve, 10 * minute))),
    ).then(done)
    await vi.advanceTimersByTimeAsync(12 * minute)
    expect(done).toHaveBeenCalled()
  })

  it("is done by whom the driver told that it is somebody else's, after a lost acknowledgement", async () => {
    const storage = memoryStorage()
    const repeating = watched((value, options) => void storage.write(key, value, options), storage)
    expect(
      await durably(
        record(repeating),
        work(() => 7),
      ),
    ).toBe(7)
  })

  it("is not done again when what it gave cannot be said in JSON", async () => {
    const storage = memoryStorage()
    const run = vi.fn(() => 1n)
    const toJson = () => {
      throw new TypeError("no JSON")
    }
    await expect(durably(record(storage), { ...work(run), toJson })).rejects.toThrow("no JSON")
    await expect(durably(record(storage), work(run))).rejects.toMatchObject({ code: "STEP_OUTCOME_UNKNOWN" })
    expect(run).toHaveBeenCalledTimes(1)
  })

  it("is not begun by whom the call was taken from while the storage took note", async () => {
    const storage = memoryStorage()
    const controller = new AbortController()
    const run = vi.fn(() => controller.signal.throwIfAborted())
    const { signal } = controller
    const slow = watched(() => controller.abort(), storage)
    await expect(durably(record(slow), { ...work(run), signal })).rejects.toThrow()
    expect(
      await durably(
        record(storage),
        work(() => 8),
      ),
    ).toBe(8)
  })
})

describe("a step that was done for some answers", () => {
  it("is refused to those who answered otherwise", async () => {
    const storage = memoryStorage()
    await durably(
      record(storage, { amount: "5" }),
      work(() => "5 paid"),
    )
    await expect(
      durably(
        record(storage, { amount: "500" }),
        work(() => "500 paid"),
      ),
    ).rejects.toMatchObject({
      code: "FORKED_STEP",
    })
  })

  it("is the same for those who answered more, or less, but nothing otherwise", async () => {
    const storage = memoryStorage()
    await durably(
      record(storage, { a: "1", b: "2" }),
      work(() => 7),
    )
    expect(
      await durably(
        record(storage, { a: "1" }),
        work(() => 8),
      ),
    ).toBe(7)
    expect(
      await durably(
        record(storage, { a: "1", b: "2", c: "3" }),
        work(() => 8),
      ),
    ).toBe(7)
  })
})
