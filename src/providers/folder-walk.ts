import type { BigIntStats, Dirent } from "node:fs"
import { readdir, realpath, stat } from "node:fs/promises"
import { join } from "node:path"
import { isInside } from "../components/static-resources-directory-file.ts"
import { isMissing } from "../components/static-resources-file.ts"
import { FolderUnusable } from "../errors/folders.ts"

/** What of a folder is looked at. */
export interface WalkOptions {
  /** The folder, whole. */
  readonly root: string
  /** Whether a name is left out, with all that is in it. */
  readonly skips: (name: string, isFolder: boolean) => boolean
  /** Whether links that lead out of the folder are followed. */
  readonly outsideLinks: boolean
  /** More files than this are refused. */
  readonly maxFiles: number
  /** Hears of each link that leads out and is not followed. */
  readonly onOutsideLink: (path: string) => void
}

/** A file in a folder. */
export interface FoundFile {
  /** From the folder, with slashes. */
  readonly path: string
  /** Where it really lies, behind all links. */
  readonly absolute: string
  /** Bytes. */
  readonly size: number
  /** Another text when it is another file, or was changed. */
  readonly stamp: string
}

/** A folder in a folder, or that folder itself. */
export interface FoundFolder {
  /** From the folder, with slashes; empty for itself. */
  readonly path: string
  /** Where it really lies. */
  readonly absolute: string
  /** Another text when it is another folder under the same name. */
  readonly identity: string
}

/** What is in a folder, sorted by name. */
export interface Walked {
  readonly files: readonly FoundFile[]
  readonly folders: readonly FoundFolder[]
}

interface Walk extends WalkOptions {
  /** The folder behind all links. */
  readonly real: string
  readonly files: FoundFile[]
  readonly folders: FoundFolder[]
  readonly seen: Set<string>
}

const MAX_DEPTH = 16
const MAX_FOLDERS = 10_000

/**
 * Lists the files of a folder and of the folders in it, 16 levels deep. Links to folders inside are not followed: what
 * they lead to is listed where it lies.
 *
 * @throws {FolderUnusable} It is no folder that can be read, or holds too much.
 */
export async function walkFolder(options: WalkOptions): Promise<Walked> {
  const { root } = options
  try {
    const real = await realpath(root)
    const walk: Walk = { ...options, real, files: [], folders: [], seen: new Set() }
    await enter(walk, { path: "", absolute: real }, 0)
    return { files: walk.files, folders: walk.folders }
  } catch (cause) {
    if (cause instanceof FolderUnusable) throw cause
    const problem = isMissing(cause) ? "it is not there, or not a folder" : String(cause)
    throw new FolderUnusable(root, problem, { fix: "Name a folder that this process may read.", cause })
  }
}

interface Place {
  readonly path: string
  readonly absolute: string
}

async function enter(walk: Walk, { path, absolute }: Place, depth: number): Promise<void> {
  // Where links lead out, two of them may lead into each other.
  if (walk.seen.has(absolute)) return
  walk.seen.add(absolute)
  if (depth > MAX_DEPTH) throw tooMuch(walk, `it has folders more than ${MAX_DEPTH} levels deep`)
  if (walk.folders.length >= MAX_FOLDERS) throw tooMuch(walk, `it has more than ${MAX_FOLDERS} folders`)
  const { dev, ino } = await stat(absolute, { bigint: true })
  const entries = await readdir(absolute, { withFileTypes: true })
  walk.folders.push({ path, absolute, identity: `${dev}-${ino}` })
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    const inner = {
      path: path === "" ? entry.name : `${path}/${entry.name}`,
      absolute: join(absolute, entry.name),
    }
    await visit(walk, entry, inner, depth)
  }
}

// biome-ignore lint/complexity/useMaxParams: one step of a walk, which has these four.
async function visit(walk: Walk, entry: Dirent, place: Place, depth: number): Promise<void> {
  if (!entry.isSymbolicLink()) {
    if (walk.skips(entry.name, entry.isDirectory())) return
    if (entry.isDirectory()) return enter(walk, place, depth + 1)
    if (entry.isFile()) await addFile(walk, place)
    return
  }
  const target = await resolveLink(place.absolute)
  if (target === undefined || walk.skips(entry.name, target.stats.isDirectory())) return
  const isWithin = isInside(walk.real, target.path)
  if (!(isWithin || walk.outsideLinks)) return walk.onOutsideLink(place.path)
  const behind = { path: place.path, absolute: target.path }
  if (target.stats.isFile()) await addFile(walk, behind)
  else if (target.stats.isDirectory() && !isWithin) await enter(walk, behind, depth + 1)
}

async function addFile(walk: Walk, { path, absolute }: Place): Promise<void> {
  const stats = await stat(absolute, { bigint: true }).catch(ignoreMissing)
  if (stats === undefined) return
  if (walk.files.length >= walk.maxFiles) throw tooMuch(walk, `it has more than ${walk.maxFiles} files`)
  walk.files.push({ path, absolute, size: Number(stats.size), stamp: stampOf(stats) })
}

async function resolveLink(
  path: string,
): Promise<{ readonly path: string; readonly stats: BigIntStats } | undefined> {
  try {
    const target = await realpath(path)
    return { path: target, stats: await stat(target, { bigint: true }) }
  } catch {
    // A link to nothing, or to itself: there is nothing to list.
    return undefined
  }
}

function stampOf({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${ino}-${size}-${mtimeNs}-${ctimeNs}`
}

function ignoreMissing(error: unknown): undefined {
  // Gone since it was named: it is not there to list.
  if (!isMissing(error)) throw error
}

function tooMuch({ root }: Walk, problem: string): FolderUnusable {
  return new FolderUnusable(root, problem, { fix: "Serve a smaller folder, or several." })
}
