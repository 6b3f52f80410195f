import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it, onTestFinished, vi } from "vitest"
import { callForText, connect } from "./example.ts"

/** Starts the program as a new process would. */
async function start() {
  vi.resetModules()
  const { default: mcp } = await import("../../examples/storage-disk.ts")
  onTestFinished(() => mcp.close())
  return connect(mcp)
}

it("storage-disk.ts books a seat once, and still knows it when it is started again", async () => {
  const folder = mkdtempSync(join(tmpdir(), "fleetmcp-example-"))
  vi.stubEnv("DATA_FOLDER", folder)
  onTestFinished(() => {
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true })
  })
  const client = await start()
  expect(await callForText(client, "book", { seat: "12A", name: "Ada" })).toBe("12A is booked for Ada")
  expect(await callForText(client, "book", { seat: "12A", name: "Bob" })).toBe("12A is taken")
  const again = await start()
  expect(await callForText(again, "book", { seat: "12A", name: "Eve" })).toBe("12A is taken")
})
