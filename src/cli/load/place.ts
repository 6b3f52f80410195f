import { findSourceMap } from "node:module"
import { isAbsolute, relative } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

/** A place in a file. */
export interface Place {
  readonly file: string
  readonly line: number
}

/** Where this package's own files lie: `dist/` or `src/`. */
const own = /* @__PURE__ */ import.meta.url.replace(/^(.*\/(?:dist|src)\/).*$/, "$1")

/** Tells whether a file is of the user's project: none of a package, of Node or of ours. */
export function isUserFile(url: string): boolean {
  return url.startsWith("file:") && !url.includes("/node_modules/") && !url.startsWith(own)
}

/** Shows a file as people name it: as seen from the folder they are in. */
export function shownFile(path: string): string {
  const from = relative(process.cwd(), path)
  return from.startsWith("..") ? path : from
}

/** Shows a place: `server.ts:12`. */
export function shownPlace({ file, line }: Place): string {
  return `${shownFile(file)}:${line}`
}

/** The first place of the user's own code in the stack of an error, as Node shows it with source maps. */
export function placeOf(error: unknown): Place | undefined {
  const stack = error instanceof Error ? (error.stack ?? "") : ""
  const lines = stack.split("\n")
  const frames = lines
    .filter((line) => line.startsWith("    at "))
    .map((line) => line.replace(/^.*[ (](?=[^ (]+:\d+:\d+\)?$)/, ""))
  // Of a syntax error Node names the file above the stack.
  for (const text of [...frames, lines[0] ?? ""]) {
    const [, path, line] = /^(.+?):(\d+)(?::\d+\)?)?$/.exec(text) ?? []
    if (path === undefined || !(path.startsWith("file:") || isAbsolute(path))) continue
    const url = path.startsWith("file:") ? path : pathToFileURL(path).href
    if (isUserFile(url)) return { file: fileURLToPath(url), line: Number(line) }
  }
  return undefined
}

/** The place in the source of a place in what was made of it. Counts lines and columns from 1. */
export function sourcePlace(url: string, line: number, column: number): Place {
  const entry = findSourceMap(url)?.findEntry(line - 1, column - 1)
  if (entry === undefined || !("originalSource" in entry)) return { file: fileURLToPath(url), line }
  const { originalSource, originalLine } = entry
  return { file: fileURLToPath(new URL(originalSource, url)), line: originalLine + 1 }
}
