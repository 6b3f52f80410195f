import { readdirSync } from "node:fs"
import { basename, dirname, resolve } from "node:path"
import { BrokenImport } from "../../errors/cli.ts"
import { nearestName } from "../../shared/nearest-name.ts"
import { type Place, shownPlace } from "./place.ts"

/** Says that a file of the program itself is imported which is not there, and which may be meant. */
export function unresolvedFile(specifier: string, importer: Place, cause: unknown): BrokenImport {
  const what = `\`${specifier}\`, imported at ${shownPlace(importer)}, is not there.`
  const path = resolve(dirname(importer.file), specifier)
  const near = nearFile(path)
  if (near === undefined) return new BrokenImport(what, "Make the file, or mend the path.", cause)
  const meant = specifier.slice(0, specifier.length - basename(path).length) + near
  const isExtension = near.startsWith(`${basename(path)}.`)
  return new BrokenImport(
    what,
    isExtension ? `Write \`${meant}\`, with the extension.` : `Did you mean \`${meant}\`?`,
    cause,
  )
}

/** The file of the same folder that was most likely meant: with another extension, or misspelt. */
export function nearFile(path: string): string | undefined {
  const names = filesOf(dirname(path))
  const [stem] = basename(path).split(".")
  return (
    names.find((name) => name.startsWith(`${basename(path)}.`) && !name.endsWith(".d.ts")) ??
    names.find((name) => name.split(".")[0] === stem) ??
    nearestName(basename(path), names)
  )
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    // No such folder; nothing in it can be meant.
    return []
  }
}
