import { expect, it, vi } from "vitest"
import audited, { verdict } from "../../examples/middleware-audit.ts"
import failing from "../../examples/middleware-errors.ts"
import limited from "../../examples/middleware-response-limit.ts"
import timed from "../../examples/middleware-timing.ts"
import validated from "../../examples/middleware-validate-outputs.ts"
import { callForText, connect } from "./example.ts"

it("words errors and counts them", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => undefined)
  const client = await connect(failing)
  expect(await callForText(client, "ship")).toBe("There is no such order. Ask for its number.")
  expect(await callForText(client, "failures")).toContain('"NoSuchOrder:tools/call":1')
  log.mockRestore()
})

it("keeps how long tools take", async () => {
  const client = await connect(timed)
  await callForText(client, "work")
  expect(await callForText(client, "times")).toContain('"tools/call work":{"count":1')
})

it("writes down who called what, so that nobody can change it unseen", async () => {
  await callForText(await connect(audited), "pay")
  expect(await verdict()).toMatchObject({ ok: true, lost: 0 })
})

it("cuts a result that is too large", async () => {
  expect(await callForText(await connect(limited), "log")).toMatch(/The rest was left out/)
})

it("lets no result through that breaks its schema", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => undefined)
  expect(await callForText(await connect(validated), "sum")).toContain("its output schema refuses")
  log.mockRestore()
})
