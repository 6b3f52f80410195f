import { createHash } from "node:crypto"
import { pathToFileURL } from "node:url"
import { BrokenImport, ModuleFailed } from "../errors/cli.ts"
import { FleetError } from "../errors/fleet-error.ts"
import type { FoundFile } from "./folder-walk.ts"

/** What a module exports, by name. */
export type Namespace = { readonly [name: string]: unknown }

/** Which state of each file has its plain URL: Node keeps modules by URL, and forgets none. */
const plain: Map<string, string> = /* @__PURE__ */ new Map()

/**
 * Imports a file as it is now. Its first state has its plain URL, so that the rest of the program shares the module;
 * every later one has a URL of its own, by a query.
 *
 * @param attempt How often this very state was tried before: what it imports may be there now.
 * @throws {BrokenImport} FLEET-08: something that it imports is not there, or is no such module.
 * @throws {ModuleFailed} It threw.
 */
export async function importFile({ path, absolute, stamp }: FoundFile, attempt: number): Promise<Namespace> {
  const first = plain.get(absolute)
  if (first === undefined) plain.set(absolute, stamp)
  const url = pathToFileURL(absolute)
  const isPlain = (first === undefined || first === stamp) && attempt === 0
  if (!isPlain) url.search = `?fleetmcp=${shortDigest(stamp)}${attempt === 0 ? "" : `.${attempt}`}`
  try {
    // A bundler must not look for it.
    return (await import(/* @vite-ignore */ url.href)) as Namespace
  } catch (cause) {
    throw explain(path, cause)
  }
}

function shortDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16)
}

function explain(path: string, cause: unknown): Error {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : ""
  if (noTypeScript.includes(code) && /\.[cm]?ts$/.test(path)) {
    return new BrokenImport(
      `\`${path}\` is TypeScript, which Node ${process.versions.node} cannot read by itself.`,
      "Use Node 22.18 or later, start the program with `node --import tsx`, or build the folder to JavaScript and serve that.",
      cause,
    )
  }
  if (noModule.includes(code)) {
    const said = (cause as Error).message
    return new BrokenImport(
      `\`${path}\` cannot be imported: ${said}.`,
      "Install it, or mend the import.",
      cause,
    )
  }
  return cause instanceof FleetError ? cause : new ModuleFailed(`\`${path}\``, cause)
}

const noTypeScript: readonly string[] = [
  "ERR_UNKNOWN_FILE_EXTENSION",
  "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX",
  "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING",
]

const noModule: readonly string[] = [
  "ERR_MODULE_NOT_FOUND",
  "ERR_PACKAGE_PATH_NOT_EXPORTED",
  "ERR_UNSUPPORTED_DIR_IMPORT",
]
