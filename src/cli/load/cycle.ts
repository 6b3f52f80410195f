import { join, relative } from "node:path"
import { CircularImport } from "../../errors/cli.ts"
import type { Bundle } from "./bundle.ts"
import { placeOf, shownFile, shownPlace } from "./place.ts"
import { type Program, readLines } from "./program.ts"

/** How JavaScript says that something is not there yet. */
const tooEarly = /\bundefined\b|before initialization|is not (?:a function|a constructor|iterable)/

/** Explains an error of a program whose files import one another, if one of them used what another had not made yet. */
export function explainCycle(error: unknown, { bundle }: Program): CircularImport | undefined {
  if (bundle === undefined || !(error instanceof Error) || !tooEarly.test(error.message)) return undefined
  const place = placeOf(error)
  if (place === undefined) return undefined
  const user = relative(bundle.folder, place.file).replaceAll("\\", "/")
  const lines = readLines(place.file)
  for (const { path, original = path } of valueImports(bundle, user)) {
    const back = pathBetween(bundle, path, user)
    const name = importedNames(lines.join("\n"), original).find((each) =>
      new RegExp(`(?<![\\w$])${each.replaceAll("$", "\\$")}(?![\\w$])`).test(lines[place.line - 1] ?? ""),
    )
    if (back === undefined || name === undefined) continue
    const chain = back.map((file) => shownFile(join(bundle.folder, file)))
    return new CircularImport({ name, place: shownPlace(place) }, chain, error)
  }
  return undefined
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
  const quoted = `["']${specifier.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}["']`
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
