import { readFile, rename, rm, writeFile } from "node:fs/promises"
import { componentKey } from "../components/component.ts"
import { fingerprintOf } from "../components/fingerprint-of.ts"
import { FileFailed, LockMissing, LockUnreadable } from "../errors/dialogue.ts"
import { isObject } from "../schema/keywords.ts"
import type { Dialogue, Json, ListName } from "./client/dialogue.ts"
import { lists } from "./client/dialogue.ts"
import type { Listing } from "./print/listing.ts"

/** The digests of what a server offers, by component: `tool:add@1.2`. */
export type Fingerprints = { readonly [key: string]: string }

/** The form of lock files that this program writes. */
const lockVersion = 1

/** The most characters of a lock file. */
const longestLock = 16 * 1024 * 1024

/** What became different between two states of a server. */
export interface Changes {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly changed: readonly string[]
}

/**
 * Digests what a server offers: all that it has where it can be asked, else what it lists, by the same names and over the
 * same text.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8785 for the text that is digested
 */
export async function fingerprintsOf(server: Dialogue, listing: Listing): Promise<Fingerprints> {
  if (server.fingerprints !== undefined) return server.fingerprints()
  // `as`: the names of that very table.
  const names = Object.keys(listing) as ListName[]
  const all = names.flatMap((name) => (listing[name] ?? []).map((item) => ({ name, item })))
  const entries = all.map(async ({ name, item }) => [keyOf(name, item), await fingerprintOf(item)] as const)
  return Object.fromEntries(await Promise.all(entries))
}

function keyOf(name: ListName, item: Json): string {
  const { kind, id } = lists[name]
  const version = isObject(item._meta) ? item._meta["fleetmcp/version"] : undefined
  return componentKey({
    kind,
    id: String(item[id]),
    version: typeof version === "string" ? version : undefined,
  })
}

/** Compares two states of a server. */
export function compare(before: Fingerprints, after: Fingerprints): Changes {
  const has = (prints: Fingerprints) => (key: string) => Object.hasOwn(prints, key)
  const added = Object.keys(after).filter((key) => !has(before)(key))
  const removed = Object.keys(before).filter((key) => !has(after)(key))
  const changed = Object.keys(after).filter((key) => has(before)(key) && before[key] !== after[key])
  return { added: added.sort(), removed: removed.sort(), changed: changed.sort() }
}

/**
 * Reads a lock file.
 *
 * @throws {LockMissing} There is none.
 * @throws {LockUnreadable} It is of another form.
 */
export async function readLock(path: string): Promise<Fingerprints> {
  const text = await readText(path)
  if (text.length > longestLock) throw new LockUnreadable(path, "is longer than 16 MiB")
  const lock = parse(path, text)
  if (!isObject(lock) || !isObject(lock.components)) throw new LockUnreadable(path, "is no lock file")
  if (lock.lockVersion !== lockVersion)
    throw new LockUnreadable(
      path,
      `has the form ${String(lock.lockVersion)}, which this version does not know`,
    )
  const odd = Object.entries(lock.components).find(([, print]) => typeof print !== "string")
  if (odd !== undefined) throw new LockUnreadable(path, `has no fingerprint for \`${odd[0]}\``)
  // `as`: every value is a text, by the line above.
  return lock.components as Fingerprints
}

/** Writes a lock file whole, or leaves the one that is there: components sorted, one a line. */
export async function writeLock(path: string, fingerprints: Fingerprints): Promise<void> {
  const sorted = Object.keys(fingerprints).sort()
  const components = Object.fromEntries(sorted.map((key) => [key, fingerprints[key]]))
  const text = `${JSON.stringify({ lockVersion, components }, undefined, 2)}\n`
  const unfinished = `${path}.${process.pid}.tmp`
  try {
    await writeFile(unfinished, text, { flag: "wx" })
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw new FileFailed(path, "written", error)
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8")
  } catch (error) {
    // `as`: errors of the file system have codes.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw new LockMissing(path)
    throw new FileFailed(path, "read", error)
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new LockUnreadable(path, "is no JSON", error)
  }
}
