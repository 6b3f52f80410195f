/** Keeps the table of guarantees in docs/storage.md equal to the rows of test/contract/drivers.ts. Writes with `--write`. */
import { readFileSync, writeFileSync } from "node:fs"
import { guaranteesTable } from "../test/contract/drivers.ts"
import { report } from "./tools/report.ts"
import { isMain } from "./tools/run.ts"

const page = "docs/storage.md"
const block = /(?<=<!-- guarantees:begin -->)[\s\S]*?(?=<!-- guarantees:end -->)/

if (isMain(import.meta)) {
  const before = readFileSync(page, "utf8")
  const after = withTable(before, guaranteesTable())
  if (process.argv.includes("--write") && after !== undefined) writeFileSync(page, after)
  else
    report(after === before ? [] : [`${page}: the table of guarantees is stale, or its marks are missing`], {
      right: "the table of guarantees agrees with test/contract/drivers.ts",
      fix: "Run `npm run guarantees -- --write`.",
    })
}

/** Puts the table between its marks; `undefined` where they are missing. */
export function withTable(text: string, table: string): string | undefined {
  return block.test(text) ? text.replace(block, () => `\n\n${table}\n\n`) : undefined
}
