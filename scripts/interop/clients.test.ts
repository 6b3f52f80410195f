import { expect, it } from "vitest"
import { checks } from "./checks.ts"
import { clients } from "./clients.ts"

const names = checks.map(({ name }) => name)

it("has one check of a name", () => {
  expect(new Set(names).size).toBe(names.length)
})

it.each(clients.filter(({ cannot }) => cannot !== undefined))(
  "spares $name only what is checked",
  (client) => {
    expect(Object.keys(client.cannot ?? {}).filter((name) => !names.includes(name))).toEqual([])
  },
)
