import { describe, expect, it } from "vitest"
import { type Every, KeepAlive } from "./keep-alive.ts"

/** Timers that beat by hand. */
function manual() {
  const runs = new Set<() => void>()
  const every: Every = (_ms, run) => {
    runs.add(run)
    return () => void runs.delete(run)
  }
  const beat = () => {
    for (const run of runs) run()
  }
  return { every, runs, beat }
}

/** A stream that counts its beats. */
function counter() {
  let beats = 0
  return {
    beat: () => {
      beats++
    },
    get beats() {
      return beats
    },
  }
}

describe("KeepAlive", () => {
  it("sets no timer before there is a stream", () => {
    const { every, runs } = manual()
    new KeepAlive({ keepAliveMs: 1, every })
    expect(runs.size).toBe(0)
  })

  it("beats for all streams on one timer", () => {
    const { every, runs, beat } = manual()
    const keepAlive = new KeepAlive({ keepAliveMs: 1, every })
    const streams = [counter(), counter()]
    for (const stream of streams) keepAlive.add(stream)
    beat()
    expect([runs.size, ...streams.map(({ beats }) => beats)]).toEqual([1, 1, 1])
  })

  it("clears its timer with the last stream, and sets one again for the next", () => {
    const { every, runs } = manual()
    const keepAlive = new KeepAlive({ keepAliveMs: 1, every })
    const stream = counter()
    keepAlive.add(stream)
    keepAlive.delete(stream)
    expect(runs.size).toBe(0)
    keepAlive.delete(stream)
    keepAlive.add(stream)
    expect(runs.size).toBe(1)
  })

  it("lets a stream leave while it beats", () => {
    const { every, beat, runs } = manual()
    const keepAlive = new KeepAlive({ keepAliveMs: 1, every })
    const leaving = { beat: () => keepAlive.delete(leaving) }
    keepAlive.add(leaving)
    beat()
    expect(runs.size).toBe(0)
  })
})
