/**
 * Keeps the code of the pages equal to the examples it comes from: a block below
 * `<!-- snippet: examples/x.ts#region -->` holds that region. Checks; writes with `--write`.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { fences, pages } from "./tools/markdown.ts"
import { report } from "./tools/report.ts"
import { isMain } from "./tools/run.ts"

export interface Synced {
  readonly text: string
  /** What the page got wrong, a line each; `text` has it right where a source was found. */
  readonly problems: readonly string[]
}

if (isMain(import.meta)) {
  const isWriting = process.argv.includes("--write")
  const problems: string[] = []
  for (const page of pages()) {
    const before = readFileSync(page, "utf8")
    const synced = sync(before, (path) => (existsSync(path) ? readFileSync(path, "utf8") : undefined))
    if (isWriting && synced.text !== before) writeFileSync(page, synced.text)
    const remaining = isWriting
      ? sync(synced.text, (path) => readFileSync(path, "utf8")).problems
      : synced.problems
    problems.push(...remaining.map((problem) => `${page}:${problem}`))
  }
  report(problems, { right: "snippets agree with the examples", fix: "Run `npm run snippets -- --write`." })
}

/** Puts the examples' code into the marked blocks of a page. */
export function sync(text: string, read: (path: string) => string | undefined): Synced {
  const problems: string[] = []
  const lines = text.split("\n")
  // From the last block to the first, so that the line numbers above stay true.
  for (const fence of [...fences(text)].reverse()) {
    if (fence.snippet === undefined) continue
    const [path = "", name] = fence.snippet.split("#")
    const source = read(path)
    const code = source === undefined ? undefined : region(source, name)
    if (code === undefined) problems.unshift(`${fence.line}: there is no \`${fence.snippet}\``)
    else if (code !== fence.code) {
      problems.unshift(`${fence.line}: differs from \`${fence.snippet}\``)
      lines.splice(fence.line - 1, fence.code === "" ? 0 : fence.code.split("\n").length, ...code.split("\n"))
    }
  }
  return { text: lines.join("\n"), problems }
}

/** Cuts `// #region name` … `// #endregion` out of a file, without its indentation; the whole file when unnamed. */
function region(source: string, name: string | undefined): string | undefined {
  const lines = source.trimEnd().split("\n")
  if (name === undefined) return lines.filter((line) => !/^\s*\/\/ #(end)?region\b/.test(line)).join("\n")
  const start = lines.findIndex((line) => line.trim() === `// #region ${name}`)
  const length = lines.slice(start + 1).findIndex((line) => /^\s*\/\/ #endregion\b/.test(line))
  if (start === -1 || length === -1) return undefined
  const body = lines.slice(start + 1, start + 1 + length)
  const indents = body.filter((line) => line.trim() !== "").map((line) => line.search(/\S/))
  return body.map((line) => line.slice(Math.min(...indents))).join("\n")
}
