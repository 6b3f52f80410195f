import { describe, expect, it } from "vitest"
import { manifest } from "./manifest.ts"
import { passed, unknown } from "./register.ts"
import type { Reason } from "./requirement.ts"
// In one file, so that the last check knows what all the others found.
import "./suites/answers.ts"
import "./suites/asking.ts"
import "./suites/base.ts"
import "./suites/http.ts"
import "./suites/http-sse.ts"
import "./suites/lists.ts"
import "./suites/logging.ts"
import "./suites/metadata.ts"
import "./suites/request-state.ts"
import "./suites/resources.ts"
import "./suites/schemas.ts"
import "./suites/sessions.ts"
import "./suites/stdio.ts"
import "./suites/subscriptions.ts"
import "./suites/tools.ts"
import "./suites/versions.ts"

/** All numbers that the list of requirements has. */
const numbers: readonly (readonly [first: number, last: number])[] = [
  [1, 14],
  [20, 37],
  [40, 49],
  [60, 82],
  [90, 101],
  [110, 112],
  [120, 127],
  [130, 147],
  [150, 151],
  [155, 157],
  [160, 165],
  [170, 178],
  [180, 184],
  [190, 194],
  [200, 205],
  [210, 220],
  [230, 236],
  [240, 252],
  [260, 270],
  [280, 285],
  [290, 303],
  [305, 305],
  [310, 316],
  [320, 326],
  [330, 335],
]

/** Nothing else excuses a MUST from being tested here. */
const excuses: readonly (Reason | undefined)[] = [
  "session era",
  "stdio",
  "tasks extension",
  "apps extension",
  "skills extension",
  "storage",
  "the author's duty",
  "the conformance suite",
]

describe("the manifest", () => {
  it("has every number once and in order", () => {
    const expected = numbers.flatMap(([first, last]) =>
      Array.from({ length: last - first + 1 }, (_, index) => `S-${String(first + index).padStart(3, "0")}`),
    )
    expect(manifest.map(({ id }) => id)).toEqual(expected)
  })

  it("defers a MUST only where it concerns something else than the stateless core", () => {
    const bad = manifest.filter(
      ({ level, status, why }) => level === "MUST" && status === "deferred" && !excuses.includes(why),
    )
    expect(bad).toEqual([])
  })

  it("says why wherever it defers", () => {
    expect(manifest.filter(({ status, why }) => (status === "deferred") !== (why !== undefined))).toEqual([])
  })

  it("knows every requirement that a test names", () => {
    expect(unknown).toEqual([])
  })

  it("has a passing test for every requirement that it calls tested", () => {
    const missing = manifest.filter(({ id, status }) => status === "tested" && !passed.has(id))
    expect(missing.map(({ id, level, text }) => `${id} ${level} ${text}`)).toEqual([])
  })

  it("calls every requirement tested that has a test", () => {
    const deferredYetTested = manifest.filter(({ id, status }) => status === "deferred" && passed.has(id))
    expect(deferredYetTested.map(({ id }) => id)).toEqual([])
  })
})
