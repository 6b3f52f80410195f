import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { SessionRevision } from "../../src/spec/revisions.ts"
import { type AllowedDifference, allowed, covers, describeDifference, type Found } from "./allowed.ts"
import { allowedInSessions } from "./allowed-in-sessions.ts"
import { compare } from "./compare.ts"
import { converse } from "./converse.ts"
import { sessionCases } from "./corpus/sessions.ts"
import { createFirstSdkSessions } from "./servers/first-sdk.ts"
import { createFleetServer } from "./servers/fleet.ts"
import { createOfficialSessions } from "./servers/official.ts"

const revisions: readonly SessionRevision[] = ["2025-11-25", "2025-06-18", "2025-03-26"]

/** What differs in both eras is said once. */
const rows = [...allowed, ...allowedInSessions]

const all: Found[] = []

describe.each(revisions)("FleetMCP and both official SDKs, asked the same in a session of %s", (revision) => {
  const fleet = createFleetServer()
  const found: Found[] = []

  beforeAll(async () => {
    const official = { "SDK 1": await createFirstSdkSessions(), "SDK 2": createOfficialSessions() }
    for (const entry of sessionCases(revision)) {
      const ours = await converse(fleet.fetch, revision, entry)
      for (const [name, handler] of Object.entries(official)) {
        const theirs = await converse(handler, revision, entry)
        found.push(...compare(ours, theirs).map((one) => ({ ...one, case: entry.name, sdk: name })))
      }
    }
    all.push(...found)
  }, 300_000)

  afterAll(() => fleet.close())

  it("differ only where the list says so", () => {
    const unlisted = found.filter((difference) => !rows.some((row) => covers(row, difference)))
    expect(unlisted.map(describeDifference)).toEqual([])
  })
})

it("every row of the list covers something", () => {
  const stale = allowedInSessions.filter((row: AllowedDifference) => !all.some((one) => covers(row, one)))
  expect(stale.map(({ what }) => what)).toEqual([])
})
