/**
 * Checks that every error code of `src/errors/` is explained in `docs/errors.md`, and the other way round; that the
 * union `AnyFleetError` has every class; and that docstrings name only errors and symbols that exist.
 */
import { existsSync, readFileSync } from "node:fs"
import { filesIn, isSource } from "./tools/files.ts"
import { report } from "./tools/report.ts"
import { isMain } from "./tools/run.ts"

const page = "docs/errors.md"
const unionFile = "src/errors/any-fleet-error.ts"
const form = /^(FLEET-\d\d|[A-Z][A-Z0-9]*(_[A-Z0-9]+)*)$/

interface Source {
  readonly path: string
  readonly text: string
}

if (isMain(import.meta)) {
  const sources = filesIn("src/errors", isSource).map((path) => ({ path, text: readFileSync(path, "utf8") }))
  const elsewhere = filesIn("src", (path) => isSource(path) && !path.startsWith("src/errors/"))
  const problems = [
    ...compare(sources, existsSync(page) ? readFileSync(page, "utf8") : ""),
    ...missingInUnion(sources),
    ...elsewhere.filter((path) => codesIn(readFileSync(path, "utf8")).length > 0).map(misplaced),
    ...unknownNames(filesIn("src", isSource).map((path) => ({ path, text: readFileSync(path, "utf8") }))),
  ]
  report(problems, {
    right: "error codes, docs/errors.md, `AnyFleetError` and docstrings agree",
    fix: `Write a heading \`## CODE\` in ${page} with cause, fix and example for each new code (codes are permanent), add its class to \`AnyFleetError\`, and name classes that exist.`,
  })
}

/** Lists what the catalogue files and the page do not agree on. */
export function compare(sources: readonly Source[], documentation: string): readonly string[] {
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

/** Lists the classes that the union of all errors lacks, so that a `switch` over its codes would not know them. */
export function missingInUnion(sources: readonly Source[]): readonly string[] {
  const union = sources.find(({ path }) => path === unionFile)?.text ?? ""
  return sources.flatMap(({ path, text }) =>
    [...text.matchAll(/^export class (\w+) extends/gm)]
      .map(([, name = ""]) => name)
      .filter((name) => !new RegExp(`^ +\\| ${name}$`, "m").test(union))
      .map((name) => `${path}: \`AnyFleetError\` in ${unionFile} lacks \`${name}\``),
  )
}

/** Lists what `@throws` and `{@link}` name in docstrings that no source declares; built-in errors are known. */
export function unknownNames(sources: readonly Source[]): readonly string[] {
  const declared = new Set(["Error", "TypeError", "RangeError", "SyntaxError", "DOMException"])
  for (const { text } of sources)
    for (const [, name = ""] of text.matchAll(/\b(?:class|interface|type|function|const) (\w+)/g))
      declared.add(name)
  return sources.flatMap(({ path, text }) =>
    [...text.matchAll(/@throws \{?([A-Z]\w*)|@throws (?!\{?[A-Z]\w*\b)|\{@link (\w+)/g)]
      .filter(([, thrown, linked]) => !declared.has(thrown ?? linked ?? ""))
      .map(([found, thrown, linked]) => {
        const name = thrown ?? linked
        return name === undefined
          ? `${path}: \`${found.trim()}\` names no error class`
          : `${path}: a docstring names \`${name}\`, which does not exist`
      }),
  )
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
