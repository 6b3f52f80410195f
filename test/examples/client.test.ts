import { expect, it } from "vitest"
import { invite, names, sum } from "../../examples/client.ts"

it("calls a tool by its type", async () => {
  expect(await sum()).toBe(3)
})

it("answers a form with its defaults", async () => {
  expect(await invite()).toBe("Ada and 1")
})

it("tells several servers apart by their names", async () => {
  expect(await names()).toEqual(["home_add", "home_invite", "work_add"])
})
