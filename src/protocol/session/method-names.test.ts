import { expect, it } from "vitest"
import { sessionMethodNames } from "./method-names.ts"
import { sessionMethods } from "./methods.ts"

it("names all methods that only sessions have", () => {
  const rows = sessionMethods({
    info: { name: "test", version: "1" },
    instructions: undefined,
    capabilities: () => ({}),
  })
  expect(rows.map(({ name }) => name)).toEqual(sessionMethodNames)
})
