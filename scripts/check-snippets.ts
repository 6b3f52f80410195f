/** Type-checks every TypeScript block of README.md, AGENTS.md and docs/, and every `@example`, against `src/`. */
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import ts from "typescript"
import { documentedSources, examples, preludeOf, publicImports } from "./tools/docstrings.ts"
import { type Fence, fences, pages } from "./tools/markdown.ts"
import { report } from "./tools/report.ts"
import { isMain, root } from "./tools/run.ts"

/** A block as a file of the program: its text, and the page and line it stands for. */
interface Snippet {
  readonly text: string
  readonly page: string
  /** For each line of `text`, the line of the page. */
  readonly lines: readonly number[]
}

if (isMain(import.meta)) {
  const texts = new Map(pages().map((page) => [page, readFileSync(page, "utf8")]))
  const { problems, checked } = checkPages(texts, documentedSources())
  report(problems, {
    right: `${checked} TypeScript blocks of the pages and examples of docstrings compile`,
    fix: "Mend the code, join it to the block above (```ts continues), or say why it cannot compile (```ts nocheck: why).",
  })
}

/** Compiles blocks of pages and examples of sources in one program and names the line of the page for each error. */
export function checkPages(
  pageTexts: ReadonlyMap<string, string>,
  sourceTexts: ReadonlyMap<string, string> = new Map(),
): {
  readonly problems: readonly string[]
  readonly checked: number
} {
  const problems: string[] = []
  const snippets = new Map<string, Snippet>()
  for (const [page, text] of pageTexts) {
    let previous: Snippet | undefined
    for (const fence of fences(text)) {
      if (/^nocheck\b/.test(fence.info)) {
        if (!/^nocheck:? +\S/.test(fence.info))
          problems.push(`${page}:${fence.line - 1}: \`nocheck\` needs its reason`)
        continue
      }
      previous = toSnippet(page, fence, previous)
      snippets.set(
        join(root, dirname(page), `.snippet-${page.replaceAll("/", "-")}-${fence.line}.ts`),
        previous,
      )
    }
  }
  for (const [page, text] of sourceTexts) addExamples(page, text, snippets)
  return { problems: [...problems, ...compile(snippets)], checked: snippets.size }
}

function addExamples(page: string, text: string, snippets: Map<string, Snippet>): void {
  const names = publicImports()
  for (const { line, code } of examples(text)) {
    const lines = [line, ...code.split("\n").map((_, index) => line + index)]
    const file = join(root, `.snippet-${page.replaceAll("/", "-")}-${line}.ts`)
    snippets.set(file, { text: `${preludeOf(code, names)}\n${code}`, page, lines })
  }
}

function toSnippet(page: string, fence: Fence, previous: Snippet | undefined): Snippet {
  const own = fence.code.split("\n")
  const lines = own.map((_, index) => fence.line + index)
  if (fence.info !== "continues" || previous === undefined) return { text: fence.code, page, lines }
  return { text: `${previous.text}\n${fence.code}`, page, lines: [...previous.lines, ...lines] }
}

function compile(snippets: ReadonlyMap<string, Snippet>): readonly string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile)
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root)
  // A page shows what matters: names may stay unused there.
  const relaxed: ts.CompilerOptions = { ...options, noUnusedLocals: false, noUnusedParameters: false }
  const host = ts.createCompilerHost(relaxed)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (name) => snippets.has(name) || fileExists.call(host, name)
  host.readFile = (name) => snippets.get(name)?.text ?? readFile.call(host, name)
  host.getSourceFile = (name, languageVersion, onError) => {
    const snippet = snippets.get(name)
    if (!snippet) return getSourceFile.call(host, name, languageVersion, onError)
    return ts.createSourceFile(name, snippet.text, languageVersion)
  }
  const program = ts.createProgram([...snippets.keys()], relaxed, host)
  const problems = [...snippets].flatMap(([name, snippet]) => {
    const file = program.getSourceFile(name)
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
    return found.map((diagnostic) => describe(diagnostic, snippet))
  })
  // A block that others continue is compiled with each of them.
  return [...new Set(problems)]
}

function describe(diagnostic: ts.Diagnostic, snippet: Snippet): string {
  const at = diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line ?? 0
  const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n  ")
  return `${snippet.page}:${snippet.lines[at] ?? 0}: TS${diagnostic.code} ${message}`
}
