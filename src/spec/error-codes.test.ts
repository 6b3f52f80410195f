import { describe, expect, it } from "vitest"
import { errorCodes, isErrorCodeAllowed } from "./error-codes.ts"
import { statusOfError } from "./error-status.ts"
import { revisions, sessionRevisions } from "./revisions.ts"

describe("errorCodes", () => {
  it("hold every code once", () => {
    expect(new Set(errorCodes.map((row) => row.code)).size).toBe(errorCodes.length)
  })
})

describe("statusOfError", () => {
  it.each([
    [-32700, 400],
    [-32600, 400],
    [-32601, 404],
    [-32602, 200],
    [-32603, 200],
    [-32020, 400],
    [-32021, 400],
    [-32022, 400],
    [-32002, 200],
    [1234, 200],
  ])("answers %i with %i", (code, status) => {
    expect(statusOfError(code)).toBe(status)
  })
})

describe("isErrorCodeAllowed", () => {
  const allowing = (code: number) => revisions.filter((revision) => isErrorCodeAllowed(code, revision))

  it.each([-32700, -32600, -32601, -32602, -32603])("allows the JSON-RPC code %i everywhere", (code) => {
    expect(allowing(code)).toEqual(revisions)
  })

  it.each([-32020, -32021, -32022])("allows %i in 2026-07-28 alone", (code) => {
    expect(allowing(code)).toEqual(["2026-07-28"])
  })

  it("allows the retired code of missing resources in sessions alone", () => {
    expect(allowing(-32002)).toEqual(sessionRevisions)
  })

  it("allows the code of required URL elicitation in 2025-11-25 alone", () => {
    expect(allowing(-32042)).toEqual(["2025-11-25"])
  })

  it.each([-32023, -32099])("refuses the reserved code %i in 2026-07-28", (code) => {
    expect(allowing(code)).toEqual(sessionRevisions)
  })

  it.each([1, 0, -1, 4001, -32100, -31999, -32001, -32019])("allows an application the code %i", (code) => {
    expect(allowing(code)).toEqual(revisions)
  })

  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60])(
    "refuses %d, which is not a safe integer",
    (code) => {
      expect(allowing(code)).toEqual([])
    },
  )
})
