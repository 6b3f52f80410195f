import { describe, expect, it } from "vitest"
import { features } from "./features.ts"
import {
  isProtocolRevision,
  isStateless,
  latestSessionRevision,
  latestStatelessRevision,
  revisions,
  sessionRevisions,
  statelessRevisions,
} from "./revisions.ts"

describe("revisions", () => {
  it("are listed oldest first", () => {
    expect([...revisions].sort()).toEqual(revisions)
  })

  it("all have a row in the feature table", () => {
    expect(Object.keys(features)).toEqual(revisions)
  })

  it("are divided into eras as the table says", () => {
    expect(revisions.filter(isStateless)).toEqual(statelessRevisions)
    expect(revisions.filter((revision) => !isStateless(revision))).toEqual(sessionRevisions)
  })

  it("name the newest of each era", () => {
    expect(latestSessionRevision).toBe(sessionRevisions.at(-1))
    expect(latestStatelessRevision).toBe(statelessRevisions.at(-1))
  })
})

describe("isProtocolRevision", () => {
  it.each(revisions)("knows %s", (revision) => {
    expect(isProtocolRevision(revision)).toBe(true)
  })

  it.each([
    "v999.0.0",
    "",
    "2025-11-25 ",
    "draft",
    "__proto__",
    "constructor",
    "toString",
    undefined,
    null,
    20260728,
    ["2026-07-28"],
    { toString: () => "2026-07-28" },
  ])("does not know %j", (value) => {
    expect(isProtocolRevision(value)).toBe(false)
  })
})

describe("features", () => {
  const having = (test: (row: (typeof features)[keyof typeof features]) => boolean) =>
    revisions.filter((revision) => test(features[revision]))

  it("accept batches in 2025-03-26 alone", () => {
    expect(having((row) => row.batches)).toEqual(["2025-03-26"])
  })

  it("allow structured output of any shape in 2026-07-28 alone", () => {
    expect(having((row) => row.structuredContent === "any")).toEqual(["2026-07-28"])
    expect(having((row) => row.structuredContent === "object")).toEqual(["2025-06-18", "2025-11-25"])
  })

  it("give schemas and structured content the same bounds", () => {
    expect(having((row) => row.outputSchema !== row.structuredContent)).toEqual([])
  })

  it("know a schema for forms wherever forms are known", () => {
    expect(having((row) => row.elicitation.includes("form") !== (row.elicitationSchema !== false))).toEqual(
      [],
    )
  })

  it("know elicitation by URL from 2025-11-25, with an id in that revision alone", () => {
    expect(having((row) => row.elicitation.includes("url"))).toEqual(["2025-11-25", "2026-07-28"])
    expect(having((row) => row.elicitationId)).toEqual(["2025-11-25"])
  })

  it("use the retired code of missing resources in sessions alone", () => {
    expect(having((row) => row.resourceNotFound === -32002)).toEqual(sessionRevisions)
  })

  it("say result types, identity and cache hints without sessions alone", () => {
    expect(having((row) => row.resultType && row.serverInfoMeta && row.cacheHints)).toEqual(
      statelessRevisions,
    )
    expect(having((row) => row.resultType || row.serverInfoMeta || row.cacheHints)).toEqual(
      statelessRevisions,
    )
  })
})
