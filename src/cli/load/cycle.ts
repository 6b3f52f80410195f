import { join, relative } from "node:path"
import { CircularImport } from "../../errors/cli.ts"
import type { Bundle } from "./bundle.ts"
import { placeOf, shownFile, shownPlace } from "./place.ts"
import { type Program, readLines } from "./program.ts"

/** How JavaScript says that something is not there yet, and how code looks that finds out so. `NAME` stands for it. */
const tooEarly: readonly (readonly [message: RegExp, use: string])[] = [
  [/before initialization$/, "NAME"],
  [/of undefined \(reading '(.+)'\)$/, "NAME(?:\\s*\\??\\.\\s*[\\w$]+)*?\\s*\\??\\.\\s*$1(?![\\w$])"],
  [/ is not a function$/, "NAME(?:\\.[\\w$]+)*\\s*[(`]"],
  [/ is not a constructor(?: or null)?$/, "(?:new|extends)\\s+NAME"],
  [/ is not iterable/, "NAME"],
]

/** Explains an error of a program whose files import one another, if one of them used what another had not made yet. */
export function explainCycle(error: unknown, { bundle }: Program): CircularImport | undefined {
  const place = placeOf(error)
  if (bundle === undefined || place === undefined || !(error instanceof Error)) return undefined
  const user = relative(bundle.folder, place.file).replaceAll("\\", "/")
  const lines = readLines(place.file)
  const isUsed = usedEarly(error.message, lines[place.line - 1] ?? "")
  for (const { path, original = path } of valueImports(bundle, user)) {
    const back = pathBetween(bundle, path, user)
    const name = importedNames(lines.join("\n"), original).find(isUsed)
    if (back === undefined || name === undefined) continue
    const chain = back.map((file) => shownFile(join(bundle.folder, file)))
    return new CircularImport({ name, place: shownPlace(place) }, chain, error)
  }
  return undefined
}

/** Tells of a name whether it is what was used too early, by what the error says and the line it came from. */
function usedEarly(message: string, line: string): (name: string) => boolean {
  const patterns = tooEarly.flatMap(([said, use]) => {
    const [, property = ""] = said.exec(message) ?? []
    return said.test(message) ? [use.replace("$1", () => escaped(property))] : []
  })
  return (name) =>
    patterns.some((use) =>
      new RegExp(use.replace("NAME", () => `(?<![\\w$.])${escaped(name)}(?![\\w$])`)).test(line),
    )
}

/** What of a file is evaluated before it: imports of types alone are gone by now. */
function valueImports({ inputs }: Bundle, file: string): Bundle["inputs"][string]["imports"] {
  const all = inputs[file]?.imports ?? []
  return all.filter(
    ({ kind, external }) => !external && (kind === "import-statement" || kind === "require-call"),
  )
}

/** The shortest way from a file to another by what they import. */
function pathBetween(bundle: Bundle, from: string, to: string): readonly string[] | undefined {
  const paths: (readonly string[])[] = [[from]]
  const seen = new Set([from])
  for (const path of paths) {
    const last = path.at(-1) ?? from
    if (last === to) return path
    for (const { path: next } of valueImports(bundle, last)) {
      if (seen.has(next)) continue
      seen.add(next)
      paths.push([...path, next])
    }
  }
  return undefined
}

/** The names under which a file has what it imports from another. */
function importedNames(text: string, specifier: string): readonly string[] {
  const quoted = `["']${escaped(specifier)}["']`
  const clauses = [
    ...text.matchAll(new RegExp(`\\bimport\\s+([^"';]+?)\\s+from\\s*${quoted}`, "g")),
    ...text.matchAll(new RegExp(`\\b(?:const|let|var)\\s+([^;=]+?)\\s*=\\s*require\\(\\s*${quoted}`, "g")),
  ]
  return clauses.flatMap(([, clause = ""]) =>
    clause
      .replace(/[{}]/g, ",")
      .split(",")
      .map(
        (part) =>
          part
            .trim()
            .split(/\s+as\s+|\s*:\s*/)
            .at(-1) ?? "",
      )
      .filter((name) => /^[\w$]+$/.test(name)),
  )
}

/** A text as a pattern that means just it. */
function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
}
