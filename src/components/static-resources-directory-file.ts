import type { Dirent } from "node:fs"
import { opendir, realpath, stat } from "node:fs/promises"
import { join, relative, sep } from "node:path"
import { ResourceNotFound } from "../errors/resource-not-found.ts"
import { ResourceUnreadable } from "../errors/resource-unreadable.ts"
import { linearPattern } from "../schema/linear-regex.ts"
import { mediaTypeOfPath } from "./content-extension.ts"
import { assertOptions, type OptionKind } from "./options.ts"
import type { Resource, ResourceConfig } from "./resource.ts"
import { fixedConfig, fixedResource } from "./static-resources.ts"
import { isMissing, toAbsolute } from "./static-resources-file.ts"

/** What of a folder is listed. */
export interface DirectoryResourceOptions {
  /** Whether folders are looked into, 16 levels deep. Default `false`. */
  readonly recursive?: boolean
  /** Which files: `*` and `?` match within a name, `**` across folders; matched against the path. Default: all. */
  readonly pattern?: string
  /** Whether names that begin with a dot are listed. Default `false`. */
  readonly hidden?: boolean
  /** The longest listing. Default 1,000. */
  readonly maxEntries?: number
}

/** A file or folder in a listing. */
export interface DirectoryEntry {
  /** From the listed folder, with slashes. */
  readonly path: string
  /** What it is; links to files count as files. */
  readonly type: "file" | "directory"
  /** Bytes, of a file. */
  readonly size?: number
  /** By the extension, of a file. */
  readonly mimeType?: string
  /** When it was last changed, ISO 8601. */
  readonly modified: string
}

/** What a read gives. */
export interface DirectoryListing {
  /** What is there, sorted by path. */
  readonly entries: readonly DirectoryEntry[]
  /** Whether there is more than the bounds allow. */
  readonly truncated: boolean
}

const MAX_DEPTH = 16
const MAX_PATTERN = 512
/** How many names are looked at for one listing, listed or not. */
const MAX_SCANNED = 100_000

/**
 * Makes a resource that lists a folder as JSON, anew at each read. Links that lead out of it are not listed, and
 * links to folders are not followed.
 *
 * @param config its URI, or all that is known of it
 * @param path a path, from the working directory at this moment, or a `file:` URL
 * @param options `recursive`, `pattern`, `hidden` and `maxEntries`.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption}
 * @throws {InvalidUriTemplate} FLEET-04
 * @see S28/server/resources#reading-resources
 * @example
 * mcp.add(directoryResource("docs://all", "docs", { recursive: true, maxEntries: 200 }))
 */
export function directoryResource<const Uri extends string>(
  config: Uri | ResourceConfig<Uri>,
  path: string | URL,
  options: DirectoryResourceOptions = {},
): Resource<Uri> {
  const given = fixedConfig("directoryResource", config)
  assertOptions("`directoryResource()`", options, { kinds })
  const absolute = toAbsolute(path)
  const pattern = options.pattern === undefined ? undefined : toGlob(options.pattern)
  return fixedResource({ mimeType: "application/json", ...given }, (_, ctx) =>
    list({ uri: given.uri, path: absolute, pattern, options, signal: ctx.signal }),
  )
}

const kinds: { readonly [name in keyof DirectoryResourceOptions]-?: OptionKind } = {
  recursive: "boolean",
  pattern: {
    holds: (value) => typeof value === "string" && value.length <= MAX_PATTERN,
    expected: `a text of at most ${MAX_PATTERN} characters`,
  },
  hidden: "boolean",
  maxEntries: "count",
}

interface Request {
  readonly uri: string
  readonly path: string
  readonly pattern: ((path: string) => boolean) | undefined
  readonly options: DirectoryResourceOptions
  readonly signal: AbortSignal
}

interface Scan extends Request {
  /** The folder behind all links. */
  readonly root: string
  readonly entries: DirectoryEntry[]
  scanned: number
  truncated: boolean
}

async function list(request: Request): Promise<DirectoryListing> {
  try {
    const root = await realpath(request.path)
    const scan: Scan = { ...request, root, entries: [], scanned: 0, truncated: false }
    await scanFolder(scan, root, 0)
    const entries = scan.entries.sort((a, b) => (a.path < b.path ? -1 : 1))
    return { entries, truncated: scan.truncated }
  } catch (cause) {
    if (isMissing(cause)) throw new ResourceNotFound(request.uri)
    request.signal.throwIfAborted()
    throw new ResourceUnreadable(request.uri, "its folder cannot be listed", { cause })
  }
}

async function scanFolder(scan: Scan, folder: string, depth: number): Promise<void> {
  for await (const entry of await opendir(folder)) {
    scan.signal.throwIfAborted()
    if (isFull(scan)) return
    scan.scanned++
    if (entry.name.startsWith(".") && scan.options.hidden !== true) continue
    await addEntry(scan, join(folder, entry.name), entry)
    if (!entry.isDirectory() || scan.options.recursive !== true) continue
    if (depth + 1 < MAX_DEPTH) await scanFolder(scan, join(folder, entry.name), depth + 1)
    else scan.truncated = true
  }
}

async function addEntry(scan: Scan, path: string, entry: Dirent): Promise<void> {
  const found = await describe(scan, path, entry)
  if (found !== undefined && (scan.pattern === undefined || scan.pattern(found.path)))
    scan.entries.push(found)
}

function isFull(scan: Scan): boolean {
  if (scan.entries.length < (scan.options.maxEntries ?? 1000) && scan.scanned < MAX_SCANNED) return false
  scan.truncated = true
  return true
}

async function describe(scan: Scan, path: string, entry: Dirent): Promise<DirectoryEntry | undefined> {
  try {
    if (entry.isSymbolicLink() && !isInside(scan.root, await realpath(path))) return undefined
    const stats = await stat(path)
    const shared = {
      path: relative(scan.root, path).split(sep).join("/"),
      modified: stats.mtime.toISOString(),
    }
    if (stats.isDirectory()) return entry.isSymbolicLink() ? undefined : { ...shared, type: "directory" }
    if (!stats.isFile()) return undefined
    const mimeType = mediaTypeOfPath(path)
    return {
      ...shared,
      type: "file",
      size: stats.size,
      ...(mimeType === undefined ? undefined : { mimeType }),
    }
  } catch {
    // Gone since it was named, or a link to nothing: it is not there to list.
    return undefined
  }
}

/** Tells whether a path is a folder or lies in it; both are whole, behind all links. */
export function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)
}

/** File names may be anybody's: each is read once, whatever the stars could make of it. */
function toGlob(pattern: string): (path: string) => boolean {
  const source = pattern.replace(/\*\*\/|\*+|\?|[^*?]+/g, (part) => {
    if (part === "**/") return "(?:[^/]+/)*"
    if (part === "?") return "[^/]"
    if (part.startsWith("*")) return part === "*" ? "[^/]*" : "[^]*"
    return part.replace(/[\\^$.|+()[\]{}]/g, "\\$&")
  })
  const compiled = linearPattern(`^${source}$`, "u")
  return (path) => "test" in compiled && compiled.test(path, { fuel: Number.POSITIVE_INFINITY })
}
