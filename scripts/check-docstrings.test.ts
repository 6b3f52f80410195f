import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { checkEntries } from "./check-docstrings.ts"
import { root } from "./tools/run.ts"

describe("checkEntries", { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(root, "node_modules/.docstrings-"))
  afterAll(() => rmSync(folder, { recursive: true }))

  const check = (text: string): readonly string[] => {
    const path = join(folder, "entry.ts")
    writeFileSync(path, text)
    return checkEntries([path]).problems.map((problem) => problem.replace(/^.*entry\.ts:/, ""))
  }

  it("names functions without an example, and what has no docstring at all", () => {
    expect(check("/** Adds. */\nexport function add(): void {}\nexport const one = 1\n")).toEqual([
      "2: `add()` has no `@example`",
      "3: `one` has no docstring",
    ])
  })

  it("names options that say nothing, and methods of classes without an example", () => {
    const options = "/** Sets it. */\nexport interface AddOptions {\n  readonly by: number\n}\n"
    const adder = "/** Adds. */\nexport class Adder {\n  #n = 1\n  /** Adds one. */\n  add(): void {}\n}\n"
    expect(check(options + adder)).toEqual([
      "3: `AddOptions.by` has no docstring",
      "9: `Adder.add()` has no `@example`",
    ])
  })
})
