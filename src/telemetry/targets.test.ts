import { expect, it } from "vitest"
import type { Call } from "../protocol/call.ts"
import { targetsOf } from "./targets.ts"

it("looks no tool up for which there is no room among the names", async () => {
  let lookups = 0
  const targets = targetsOf({
    find() {
      lookups++
      return {} as never
    },
  })
  const call = (name: string) => ({ method: "tools/call", params: { name } }) as unknown as Call
  for (let n = 0; n < 1000; n++) await targets.after(call(`t${n}`), { outcome: "complete" })
  expect(lookups).toBe(1000)
  for (let n = 0; n < 10; n++)
    expect(targets.after(call("more"), { outcome: "complete" })).toMatchObject({ name: undefined })
  await targets.after(call("x".repeat(1000)), { outcome: "complete" })
  expect([lookups, targets.of(call("t999")).name]).toEqual([1000, "t999"])
})
