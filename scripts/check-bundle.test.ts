import { describe, expect, it } from "vitest"
import { measure } from "./check-bundle.ts"

describe("measure", () => {
  it("weighs a program", async () => {
    const { gzipped, problems } = await measure("export default 1", 1000)
    expect(gzipped).toBeLessThan(1000)
    expect(problems).toEqual([])
  })

  it("refuses a bundle over the limit", async () => {
    const { problems } = await measure(`export default "${Array.from({ length: 999 }, (_, n) => n)}"`, 500)
    expect(problems).toEqual([expect.stringContaining("the ceiling is 500")])
  })

  it("names who imports a forbidden library", async () => {
    const { problems } = await measure('import { z } from "zod/mini"\nexport default z', 1_000_000)
    expect(problems).toEqual(["<stdin> imports zod/mini"])
  })

  it.each([
    ["an import", 'export { readFileSync } from "node:fs"', "<stdin> imports node:fs"],
    ["an import at run time", 'export default () => import("node:fs")', "<stdin> imports node:fs"],
    [
      "a call esbuild cannot see",
      'export default process.getBuiltinModule("node:fs")',
      'the bundle loads getBuiltinModule("node:fs")',
    ],
    [
      "a call of a name without `node:`",
      'export default process.getBuiltinModule?.("fs")',
      'the bundle loads getBuiltinModule?.("fs")',
    ],
  ])("finds node: in %s", async (_, program, problem) => {
    expect((await measure(program, 1_000_000)).problems).toEqual([problem])
  })

  it("lets a program ask for asynchronous storage", async () => {
    const program = 'export default globalThis.process?.getBuiltinModule?.("async_hooks")'
    expect((await measure(program, 1_000_000)).problems).toEqual([])
  })

  it("lets a text name a module", async () => {
    expect((await measure('export default "use node:fs or zod"', 1_000_000)).problems).toEqual([])
  })
})
