import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { beforeAll, describe, expect, it } from "vitest"
import type { Soaked } from "./fixtures/soak.ts"

describe("two thousand sessions that were abandoned with streams open, calls in flight and questions asked", () => {
  let soaked: Soaked

  beforeAll(async () => {
    const args = ["--expose-gc", "--import", "tsx", "test/eras/fixtures/soak.ts"]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    soaked = JSON.parse(stdout)
  }, 120_000)

  it("are served while they are there", () => {
    expect(soaked.held).toEqual({ stored: 2000, listeners: 2000, kept: 2000 })
    expect(soaked.running.held).toBe(2000)
  })

  it("leave nothing that is counted when they have grown old", () => {
    expect(soaked.left).toEqual({ stored: 0, listeners: 0, kept: 0 })
    expect(soaked.running.left).toBe(0)
  })

  it("give back their memory", () => {
    expect(soaked.bytes.left).toBeLessThan(soaked.bytes.held / 10)
  })
})
