import { describe, expect, it } from "vitest"
import { compare, missingInUnion, unknownNames } from "./check-errors.ts"

const source = (...codes: readonly string[]) => [
  { path: "src/errors/a.ts", text: codes.map((code) => `  override readonly code = "${code}"\n`).join("") },
]

describe("compare", () => {
  it("agrees when every code has its heading", () => {
    const page = "# Errors\n\n## How to read this\n\n## UNKNOWN_TOOL\n\n### `FLEET-12`: JSON\n"
    expect(compare(source("UNKNOWN_TOOL", "FLEET-12"), page)).toEqual([])
  })

  it("reads codes with a type annotation", () => {
    const typed = [{ path: "src/errors/a.ts", text: 'readonly code: "GONE" = "GONE"' }]
    expect(compare(typed, "")).toEqual(["src/errors/a.ts: code `GONE` has no heading in docs/errors.md"])
  })

  it("names a heading without a class", () => {
    expect(compare([], "## OLD_CODE\n")).toEqual(["docs/errors.md: `OLD_CODE` is no code of src/errors/"])
  })

  it("refuses a code used twice, except that an area of the mission may have several classes", () => {
    const page = "## SAME\n## FLEET-02\n"
    expect(compare(source("SAME", "SAME", "FLEET-02", "FLEET-02"), page)).toEqual([
      "src/errors/a.ts: code `SAME` is taken by src/errors/a.ts",
    ])
  })

  it("refuses a code of another form", () => {
    expect(compare(source("FLEET-7"), "")[0]).toContain("neither FLEET-nn nor SCREAMING_SNAKE")
  })
})

describe("missingInUnion", () => {
  const classes = {
    path: "src/errors/a.ts",
    text: "export class A extends FleetError {}\nexport class B extends A {}\n",
  }

  it("names the class that the union lacks", () => {
    const union = { path: "src/errors/any-fleet-error.ts", text: "export type AnyFleetError =\n  | A\n" }
    expect(missingInUnion([classes, union])).toEqual([
      "src/errors/a.ts: `AnyFleetError` in src/errors/any-fleet-error.ts lacks `B`",
    ])
  })
})

describe("unknownNames", () => {
  it("names what docstrings name and nothing declares", () => {
    const text =
      "/** Links {@link a} and {@link gone}.\n * @throws {Lost} when lost\n * @throws {TypeError} no */\nconst a = 1"
    expect(unknownNames([{ path: "a.ts", text }])).toEqual([
      "a.ts: a docstring names `gone`, which does not exist",
      "a.ts: a docstring names `Lost`, which does not exist",
    ])
  })

  it("wants the class of an error after `@throws`", () => {
    expect(unknownNames([{ path: "a.ts", text: "/** @throws when lost */" }])).toEqual([
      "a.ts: `@throws` names no error class",
    ])
  })
})
