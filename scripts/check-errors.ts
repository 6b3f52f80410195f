/** Checks that every error code of `src/errors/` is explained in `docs/errors.md`, and the other way round. */
import { existsSync, readFileSync } from "node:fs"
import { filesIn, isSource } from "./tools/files.ts"
import { report } from "./tools/report.ts"
import { isMain } from "./tools/run.ts"

const page = "docs/errors.md"
const form = /^(FLEET-\d\d|[A-Z][A-Z0-9]*(_[A-Z0-9]+)*)$/

if (isMain(import.meta)) {
  const sources = filesIn("src/errors", isSource).map((path) => ({ path, text: readFileSync(path, "utf8") }))
  const elsewhere = filesIn("src", (path) => isSource(path) && !path.startsWith("src/errors/"))
  const problems = [
    ...compare(sources, existsSync(page) ? readFileSync(page, "utf8") : ""),
    ...elsewhere.filter((path) => codesIn(readFileSync(path, "utf8")).length > 0).map(misplaced),
  ]
  report(problems, {
    right: "error codes and docs/errors.md agree",
    fix: `Write a heading \`## CODE\` in ${page} with cause, fix and example for each new code; codes are permanent.`,
  })
}

/** Lists what the catalogue files and the page do not agree on. */
export function compare(
  sources: readonly { readonly path: string; readonly text: string }[],
  documentation: string,
): readonly string[] {
  const places = new Map<string, string>()
  const problems: string[] = []
  for (const { path, text } of sources) {
    for (const code of codesIn(text)) {
      const first = places.get(code)
      // A FLEET-nn is an area of the mission and may have a class for each way to meet it.
      if (first && !code.startsWith("FLEET-")) problems.push(`${path}: code \`${code}\` is taken by ${first}`)
      if (!form.test(code)) problems.push(`${path}: code \`${code}\` is neither FLEET-nn nor SCREAMING_SNAKE`)
      places.set(code, path)
    }
  }
  const explained = headings(documentation)
  for (const [code, path] of places) {
    if (!explained.includes(code)) problems.push(`${path}: code \`${code}\` has no heading in ${page}`)
  }
  for (const [at, code] of explained.entries()) {
    if (!places.has(code)) problems.push(`${page}: \`${code}\` is no code of src/errors/`)
    if (explained.indexOf(code) !== at) problems.push(`${page}: \`${code}\` is explained twice`)
  }
  return problems
}

function codesIn(text: string): readonly string[] {
  return [...text.matchAll(/\breadonly code(?:\s*:\s*"[^"]*")?\s*=\s*"([^"]*)"/g)].map(
    (match) => match[1] ?? "",
  )
}

/** Headings of level 2 and 3 whose first word has the form of a code. */
function headings(text: string): readonly string[] {
  const first = [...text.matchAll(/^#{2,3} +`?([A-Z][A-Z0-9_-]+)`?(?=\s|:|$)/gm)].map(
    (match) => match[1] ?? "",
  )
  return first.filter((word) => form.test(word))
}

function misplaced(path: string): string {
  return `${path}: error classes live in the catalogue files of src/errors/`
}
