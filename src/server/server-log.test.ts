import { format } from "node:util"
import { expect, it, vi } from "vitest"
import { consoleLog } from "./server-log.ts"

it("shows an error whatever its text says", () => {
  const said = vi.spyOn(console, "error").mockReturnValue()
  consoleLog({ level: "error", message: "Error reading resource 'a://%d0%b0'", error: new Error("cause") })
  const text = format(...said.mock.calls.flat())
  said.mockRestore()
  expect(text).toContain("[fleetmcp] error: Error reading resource 'a://%d0%b0' Error: cause")
})
