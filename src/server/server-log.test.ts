import { format } from "node:util"
import { expect, it, vi } from "vitest"
import { consoleLog } from "./server-log.ts"

it("shows an error whatever its text says, and lets nothing of it look like a record of its own", async () => {
  const said = vi.spyOn(console, "error").mockReturnValue()
  consoleLog({
    level: "error",
    message: "Error reading resource 'a://%d0%b0'",
    error: new Error("cause\n[fleetmcp] forged \u001b[31m"),
  })
  await vi.waitFor(() => expect(said).toHaveBeenCalled())
  const text = format(...said.mock.calls.flat())
  said.mockRestore()
  expect(text).toContain("[fleetmcp] error: Error reading resource 'a://%d0%b0' Error: cause")
  expect(text).not.toMatch(/^\[fleetmcp\] forged/m)
  expect(text).not.toContain("\u001b")
})
