import { readFileSync } from "node:fs"
import { filesIn, isSource } from "./files.ts"
import { entries } from "./manifest.ts"

/** The code after an `@example`. */
export interface Example {
  /** The line of its first line of code, counted from 1. */
  readonly line: number
  readonly code: string
}

/** What examples may take for granted besides the public names, by the name that they say. */
const known: { readonly [name: string]: string } = {
  z: 'import * as z from "zod"',
  expect: 'import { expect } from "vitest"',
  createServer: 'import { createServer } from "node:http"',
  readFile: 'import { readFile } from "node:fs/promises"',
  ctx: 'declare const ctx: import("fleetmcp").Context',
  mcp: `declare const mcp: import("fleetmcp").FleetMCP<readonly [Add]>`,
  env: `declare const env: Record<"CACHE", import("fleetmcp/storage/cloudflare").KvNamespace> & Record<"FLEET_STORAGE", import("fleetmcp/storage/cloudflare").DurableObjects>`,
  client: `declare const client: import("fleetmcp/testing").TestClient<readonly [Add]>`,
}

const add =
  'type Add = import("fleetmcp").Tool<"add", { arguments: { a: number; b: number }; result: number }>'

/** Reads all files of `src/` whose docstrings have examples. */
export function documentedSources(): ReadonlyMap<string, string> {
  const sources = filesIn("src", isSource).map((path) => [path, readFileSync(path, "utf8")] as const)
  return new Map(sources.filter(([, text]) => examples(text).length > 0))
}

/** Finds the examples in the docstrings of a source. */
export function examples(text: string): readonly Example[] {
  const found: Example[] = []
  const lines = text.split("\n")
  for (const [at, line] of lines.entries()) {
    if (!/^\s*\* @example\s*$/.test(line)) continue
    const length = lines.slice(at + 1).findIndex((next) => /^\s*\*(?:\/| @\w)/.test(next))
    const code = lines.slice(at + 1, at + 1 + length).map((next) => next.replace(/^\s*\* ?/, ""))
    found.push({ line: at + 2, code: code.join("\n") })
  }
  return found
}

/** Writes the line that imports the public names an example says, and what else it may take for granted. */
export function preludeOf(code: string, names: ReadonlyMap<string, string>): string {
  const isSaid = (name: string) => new RegExp(`(?<![.\\w"\`])${name}\\b`).test(code)
  const isItsOwn = (name: string) => new RegExp(`\\b(?:const|using|function|class) ${name}\\b`).test(code)
  const needed = (name: string) => isSaid(name) && !isItsOwn(name)
  const imports = [...names].filter(([name]) => needed(name)).map(([, statement]) => statement)
  const others = Object.entries(known).flatMap(([name, statement]) => (needed(name) ? [statement] : []))
  return [add, ...imports, ...others].join("; ")
}

/** For each public name, the statement that imports it; the shortest subpath that has it counts. */
export function publicImports(): ReadonlyMap<string, string> {
  const imports = new Map<string, string>()
  for (const { specifier, source } of [...entries()].sort(
    (a, b) => a.specifier.length - b.specifier.length,
  )) {
    const text = readFileSync(source, "utf8")
    const add = (name: string, kind = "") => {
      if (!imports.has(name)) imports.set(name, `import ${kind}{ ${name} } from "${specifier}"`)
    }
    for (const [, all, list = ""] of text.matchAll(/^export (type )?\{([^}]*)\} from/gm)) {
      for (const [, own, name = ""] of list.matchAll(/(type )?(?:\w+ as )?(\w+)(?=\s*(?:,|$))/g))
        add(name, all ?? own)
    }
    // What an entry has of its own.
    for (const [, name = ""] of text.matchAll(/^export (?:async )?(?:function|const|class) (\w+)/gm))
      add(name)
  }
  return imports
}
