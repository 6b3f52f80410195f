import { readFileSync } from "node:fs"
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

it("is told of on its page, in the versions that are installed", () => {
  const page = readFileSync("docs/interop.md", "utf8")
  // `as`: npm itself refuses a package.json of another shape.
  const locked = JSON.parse(readFileSync("interop/package.json", "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>
  }
  const packages = Object.entries(locked.dependencies).filter(([name]) => name.startsWith("@modelcontext"))
  const wheels = readFileSync("interop/requirements.txt", "utf8").matchAll(/^(mcp|fastmcp)==(.+)$/gm)
  for (const [name, version] of [...packages, ...[...wheels].map(([, ...pair]) => pair)])
    expect(page).toMatch(new RegExp(`\`${name}[^|]* \\| ${version} \\|`))
})
