import { describe, expect, it } from "vitest"
import { type Check, judge } from "./conformance.ts"

const leg = { minimum: { scenarios: 1, successes: 1 }, inapplicable: { "server-sse": "needs a session" } }
const run = (scenario: string, ...statuses: readonly string[]): ReadonlyMap<string, readonly Check[]> =>
  new Map([[scenario, statuses.map((status, index) => ({ id: `check-${index}`, status }))]])

describe("judge", () => {
  it("counts successes and passes over information", () => {
    expect(judge(leg, run("ping", "SUCCESS", "INFO", "SUCCESS"))).toEqual({ passed: 2, problems: [] })
  })

  it.each(["FAILURE", "WARNING", "SKIPPED", "SOMETHING_NEW"])("counts a %s as a failure", (status) => {
    expect(judge(leg, run("ping", "SUCCESS", status)).problems).toEqual([`${status} ping: check-1`])
  })

  it("counts nothing of a scenario that cannot apply", () => {
    const scenarios = new Map([
      ...run("ping", "SUCCESS"),
      ...run("server-sse", "SUCCESS", "FAILURE", "SKIPPED"),
    ])
    expect(judge(leg, scenarios)).toEqual({ passed: 1, problems: [] })
  })

  it("wants a scenario that passes off the list of those that cannot apply", () => {
    const scenarios = new Map([...run("ping", "SUCCESS"), ...run("server-sse", "SUCCESS")])
    expect(judge(leg, scenarios).problems).toEqual(["server-sse applies after all: it passes"])
  })

  it("takes a run of nothing for a failure", () => {
    expect(judge(leg, new Map()).problems).toEqual([
      "only 0 of 1 scenarios ran",
      "only 0 of at least 1 checks succeeded",
    ])
  })
})
