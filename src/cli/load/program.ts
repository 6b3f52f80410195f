import { readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import type { Bundle } from "./bundle.ts"
import { shownPlace } from "./place.ts"

/** A user's program, as far as what goes wrong in it is explained. */
export interface Program {
  /** Its own file, whole. */
  readonly file: string
  /** What was made of it. None where Node itself reads it. */
  readonly bundle: Bundle | undefined
}

/** A file of the program, and what it imports as it is written there. */
export interface Importer {
  readonly file: string
  readonly specifier: string
}

/** Says where a program imports something, as people look it up: `server.ts:3`. */
export function importPlace({ file, specifier }: Importer): string {
  const lines = readLines(file)
  const at = lines.findIndex((line) => line.includes(`"${specifier}"`) || line.includes(`'${specifier}'`))
  return shownPlace({ file, line: at === -1 ? 1 : at + 1 })
}

/** The first file of the program that imports a package, or something of it. */
export function importerOf({ bundle }: Program, name: string): Importer | undefined {
  for (const [file, { imports }] of Object.entries(bundle?.inputs ?? {})) {
    const found = imports.find(
      ({ path, external }) => external && (path === name || path.startsWith(`${name}/`)),
    )
    if (found !== undefined && bundle !== undefined)
      return { file: join(bundle.folder, file), specifier: found.original ?? found.path }
  }
  return undefined
}

/** The lines of a file; none where it cannot be read, which messages can do without. */
export function readLines(file: string): readonly string[] {
  try {
    return readFileSync(resolve(file), "utf8").split(/\r?\n/)
  } catch {
    // What was imported is gone, or is no file.
    return []
  }
}
