import { createHash } from "node:crypto"
import { constants } from "node:fs"
import { open, realpath } from "node:fs/promises"
import { basename } from "node:path"
import { mediaTypeOfPath } from "../components/content-extension.ts"
import { isMissing } from "../components/static-resources-file.ts"
import { FolderUnusable } from "../errors/folders.ts"
import { ResourceNotFound } from "../errors/resource-not-found.ts"
import { ResourceUnreadable } from "../errors/resource-unreadable.ts"
import { InvalidSkill } from "../errors/skills.ts"
import { fromUtf8 } from "../shared/utf8.ts"
import { type FoundFile, type FoundFolder, walkFolder } from "./folder-walk.ts"
import { readHead, type SkillHead } from "./skills-frontmatter.ts"

/** What every host takes: more of either is not served. */
const skillLimits: { readonly files: number; readonly bytes: number } = {
  files: 512,
  bytes: 16 * 1024 * 1024,
}

/** A file of a skill. */
export interface SkillFile extends FoundFile {
  readonly uri: string
  readonly mimeType: string
  /** `sha256:` and 64 digits of its bytes. */
  readonly digest: string
}

/** A skill, as it lies in a folder. */
export interface SkillFolder {
  /** That of the folder. */
  readonly name: string
  /** The URI of the folder: without a slash at the end. */
  readonly uri: string
  readonly head: SkillHead
  readonly main: SkillFile
  /** All files, by their paths. */
  readonly files: ReadonlyMap<string, SkillFile>
  readonly folders: readonly FoundFolder[]
}

/** Where a skill lies and how it is read. */
export interface SkillPlace {
  /** Whole. */
  readonly folder: string
  readonly mainFile: string
  readonly outsideLinks: boolean
  /** Hears of links that are not followed. */
  readonly onOutsideLink: (path: string) => void
}

/**
 * Reads a skill. Files that did not change since are not read again.
 *
 * @param before What was read of the same folder before.
 * @returns The skill; the very one from before where nothing changed. `undefined` where there is no main file.
 * @throws {InvalidSkill} It is too large for hosts.
 * @throws {FolderUnusable}
 */
export async function readSkill(place: SkillPlace, before?: SkillFolder): Promise<SkillFolder | undefined> {
  const { folder, mainFile } = place
  const { files: found, folders } = await walkFolder({
    root: folder,
    outsideLinks: place.outsideLinks,
    maxFiles: skillLimits.files,
    skips: (name) => name.startsWith(".") || name === "node_modules" || name === "__pycache__",
    onOutsideLink: place.onOutsideLink,
  }).catch((error: unknown) => {
    if (error instanceof FolderUnusable)
      throw new InvalidSkill(folder, error.message, {
        fix: "Make it a folder of at most 512 files.",
        cause: error,
      })
    throw error
  })
  if (!found.some(({ path }) => path === mainFile)) return undefined
  assertSize(folder, found)
  const name = basename(folder)
  const uri = `skill://${encodeURIComponent(name)}`
  if (before !== undefined && isSame(before, found, folders)) return before
  const files = new Map<string, SkillFile>()
  for (const file of found) {
    const kept = before?.files.get(file.path)
    const isKept = kept?.stamp === file.stamp && kept.absolute === file.absolute
    const described = isKept ? kept : await describe(file, uri)
    if (described !== undefined) files.set(file.path, described)
  }
  const main = files.get(mainFile)
  if (main === undefined) return undefined
  const head = main === before?.main ? before.head : readHead(fromUtf8(await readBytes(main)) ?? "")
  return { name, uri, head, main, files, folders }
}

/**
 * Reads a file that was found before, and nothing else that may have come to its place.
 *
 * @throws {ResourceNotFound} It is gone, or a link now.
 * @throws {ResourceUnreadable}
 */
export async function readBytes({ uri, absolute }: SkillFile): Promise<Uint8Array> {
  try {
    // A folder on the way may have become a link since.
    if ((await realpath(absolute)) !== absolute) throw new ResourceNotFound(uri)
    const handle = await open(absolute, READ_ONLY)
    try {
      const stats = await handle.stat()
      if (!stats.isFile()) throw new ResourceNotFound(uri)
      if (stats.size > skillLimits.bytes)
        throw new ResourceUnreadable(uri, `it has more than ${skillLimits.bytes} bytes`)
      // A file may grow while it is read: no more than its size is taken.
      const bytes = new Uint8Array(stats.size)
      const { bytesRead } = await handle.read(bytes, 0, stats.size, 0)
      return bytes.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch (cause) {
    if (isMissing(cause) || isLink(cause)) throw new ResourceNotFound(uri)
    if (cause instanceof ResourceNotFound || cause instanceof ResourceUnreadable) throw cause
    throw new ResourceUnreadable(uri, "its file cannot be opened", { cause })
  }
}

/** Digests bytes as manifests have it. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`
}

// Windows has neither. Without O_NONBLOCK, opening a named pipe waits for a writer, maybe for ever.
const READ_ONLY = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

function isLink(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ELOOP"
}

function assertSize(folder: string, files: readonly FoundFile[]): void {
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  if (bytes <= skillLimits.bytes) return
  const problem = `its files have ${bytes} bytes, of at most ${skillLimits.bytes} that hosts take`
  throw new InvalidSkill(folder, problem, { fix: "Move what is large elsewhere, and refer to it." })
}

async function describe(file: FoundFile, root: string): Promise<SkillFile | undefined> {
  const uri = `${root}/${encodePath(file.path)}`
  const known = mediaTypeOfPath(file.path)
  const named = { ...file, uri, mimeType: known ?? "", digest: "" }
  try {
    const bytes = await readBytes(named)
    return {
      ...named,
      mimeType: known ?? (isText(bytes) ? "text/plain" : "application/octet-stream"),
      size: bytes.length,
      digest: digestOf(bytes),
    }
  } catch (error) {
    // Gone since it was named.
    if (error instanceof ResourceNotFound) return undefined
    throw error
  }
}

/** `LICENSE` and `Makefile` are text without an extension that says so. */
function isText(bytes: Uint8Array): boolean {
  return fromUtf8(bytes)?.includes("\0") === false
}

/** Writes a path as part of a URI. */
export function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/")
}

function isSame(before: SkillFolder, files: readonly FoundFile[], folders: readonly FoundFolder[]): boolean {
  return (
    before.files.size === files.length &&
    files.every(({ path, stamp, absolute }) => {
      const kept = before.files.get(path)
      return kept?.stamp === stamp && kept.absolute === absolute
    }) &&
    before.folders.length === folders.length &&
    folders.every(({ path, identity }, index) => {
      const kept = before.folders[index]
      return kept?.path === path && kept.identity === identity
    })
  )
}
