import { expect, it } from "vitest"
import { metaKeys } from "../spec/meta.ts"
import { claimedVersion, eraOf } from "./era.ts"

it.each([
  ["2026-07-28", undefined, "stateless"],
  ["2026-07-28", "2025-11-25", "stateless"],
  ["2025-11-25", "2025-11-25", "stateless"],
  ["v9", undefined, "stateless"],
  [null, undefined, "stateless"],
  [undefined, "2026-07-28", "stateless"],
  [undefined, "2025-11-25", "session"],
  [undefined, "v9", "session"],
  [undefined, "toString", "session"],
  [undefined, undefined, "session"],
])("a claim of %j under the header %j belongs to the %s era", (claimed, header, era) => {
  expect(eraOf(claimed, header)).toBe(era)
})

it.each([
  [undefined, undefined],
  [{}, undefined],
  [{ _meta: null }, undefined],
  [{ _meta: "x" }, undefined],
  [{ _meta: {} }, undefined],
  [{ _meta: { [metaKeys.protocolVersion]: "2026-07-28" } }, "2026-07-28"],
  [{ _meta: { [metaKeys.protocolVersion]: null } }, null],
])("the parameters %j claim %j", (params, claimed) => {
  expect(claimedVersion(params)).toBe(claimed)
})
