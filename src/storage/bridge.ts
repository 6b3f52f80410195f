import { assertOptions, type KnownOptions } from "../components/options.ts"
import { CorruptValue } from "../errors/storage.ts"
import { StorageUnavailable } from "../errors/storage-backends.ts"
import { sleep } from "../shared/sleep.ts"
import { textHash } from "../shared/text-hash.ts"
import { toUtf8 } from "../shared/utf8.ts"
import { deadlineOf } from "./deadline.ts"
import { absent, type KeyPage, type ListOptions, type StorageDriver, type Stored } from "./storage.ts"

/** A library that keeps texts under names: without versions, and for as long as its own backends can. */
export interface Backend {
  /** What it is, and who makes a storage of it, for errors. */
  readonly title: string
  readonly factory: string
  readonly read: (name: string) => Promise<unknown>
  /** Writes a text; `ttl` milliseconds later it may clear it away. */
  readonly write: (name: string, text: string, ttl: number | undefined) => Promise<unknown>
  readonly remove: (name: string) => Promise<unknown>
  /** All names, other programs' too, where it can say them. */
  readonly names?: (() => AsyncIterable<string> | Promise<Iterable<string>>) | undefined
}

/** The clock of a bridge. */
export interface BridgeOptions {
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

const known: KnownOptions = { kinds: { now: "function" } }

/**
 * Makes a driver of a library: not atomic, and with expiry whether its backend has that or not, as version, expiry and
 * key are kept in the text itself.
 */
export function bridge(backend: Backend, options: BridgeOptions): StorageDriver {
  assertOptions(`\`${backend.factory}()\``, options, known)
  const { now = Date.now } = options
  const { names } = backend
  return {
    atomic: false,
    listable: names !== undefined,
    minTtl: 0,
    async get(key) {
      const entry = await read(backend, toName(key) ?? (await toLongName(key)))
      if (entry === undefined || hasExpired(entry, now())) return undefined
      const { value, version, expiresAt } = entry
      return { value, version, expiresAt }
    },
    async write(key, value, { ttl } = {}) {
      const name = toName(key) ?? (await toLongName(key))
      if (value === undefined) {
        await ask(backend, () => backend.remove(name))
        return absent
      }
      const version = crypto.randomUUID()
      const time = now()
      const expiresAt = deadlineOf(time, ttl)
      const life = expiresAt === undefined ? undefined : expiresAt - time
      await ask(backend, () => backend.write(name, toText({ key, value, version, expiresAt }), life))
      return version
    },
    ...(names === undefined
      ? undefined
      : { list: (prefix, options) => list({ ...backend, names }, { prefix, now: now() }, options) }),
  }
}

/** How many entries a page looks at, at most, since each of them is read. */
const maxPage = 100

/** Goes through the names in their order, of which it holds a few pages at a time. A cursor is the last of a page. */
async function list(
  backend: Backend & { readonly names: NonNullable<Backend["names"]> },
  { prefix, now }: { readonly prefix: string; readonly now: number },
  { cursor = "", limit = maxPage }: ListOptions = {},
): Promise<KeyPage> {
  const size = Math.min(limit, maxPage)
  const start = headOf(prefix)
  const page = await ask(backend, async () => {
    let names: string[] = []
    for await (const name of await backend.names()) {
      if (name <= cursor || !name.startsWith(start)) continue
      names.push(name)
      if (names.length > 8 * maxPage) names = names.sort().slice(0, size)
    }
    return names.sort().slice(0, size)
  })
  const entries = await Promise.all(page.map((name) => read(backend, name)))
  const keys = entries.flatMap((entry) =>
    entry !== undefined && !hasExpired(entry, now) && entry.key.startsWith(prefix) ? [entry.key] : [],
  )
  return { keys, cursor: page.length < size ? undefined : page.at(-1) }
}

interface Entry extends Stored {
  readonly key: string
}

/** How often a text is read that is not whole, as a backend that writes in place shows it to who reads meanwhile. */
const maxAttempts = 6

async function read(backend: Backend, name: string): Promise<Entry | undefined> {
  for (let attempt = 1; ; attempt++) {
    const text = await ask(backend, () => backend.read(name))
    if (text === undefined || text === null) return undefined
    const entry = typeof text === "string" ? fromText(text) : undefined
    if (entry !== undefined) return entry
    if (attempt === maxAttempts) throw new CorruptValue(name, `an entry of \`${backend.factory}()\``)
    await sleep(2 ** attempt)
  }
}

/**
 * A text begins with letters: what looks like JSON, a number or an escape is taken for that by the one library or the
 * other. Its hash tells whether it is whole: some backends leave a part when they are killed, or mix what two write.
 */
function toText({ key, value, version, expiresAt }: Entry): string {
  const rest = `${version} ${expiresAt ?? "-"} ${encodeURIComponent(key)}\n${value}`
  return `fleetmcp-1 ${textHash(rest)} ${rest}`
}

function fromText(text: string): Entry | undefined {
  const header = /^fleetmcp-1 ([0-9a-z]+) (?=([0-9a-f-]+) ([0-9.]+|-) ([^ \n]+)\n)/.exec(text)
  if (header === null) return undefined
  const [{ length }, hash, version = "", expiresAt = "", key = ""] = header
  if (textHash(text, length) !== hash) return undefined
  return {
    key: decodeURIComponent(key),
    value: text.slice(text.indexOf("\n", length) + 1),
    version,
    expiresAt: expiresAt === "-" ? undefined : Number(expiresAt),
  }
}

function hasExpired({ expiresAt = Number.POSITIVE_INFINITY }: Entry, now: number): boolean {
  return expiresAt <= now
}

/** What backends keep apart and whole: file systems 255 bytes, tables of SQL 255 characters. */
const maxName = 200
const headLength = 100

/**
 * Makes a name of lowercase letters, digits, `-` and `_`: there are backends that fold case, cut, resolve paths, or take
 * separators for folders. `undefined` where it would be too long.
 */
function toName(key: string): string | undefined {
  const name = spell(key)
  return name.length <= maxName ? name : undefined
}

/** Makes a name of the beginning of a key and its digest. */
async function toLongName(key: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", toUtf8(key)))
  // No other name has `__`.
  return `${headOf(key)}__${Array.from(digest, toHex).join("")}`
}

/** How the names of all keys with a prefix begin; those of some others too. */
function headOf(prefix: string): string {
  return spell(prefix).slice(0, headLength)
}

function spell(key: string): string {
  const spelled = key.replace(/[^a-z0-9-]+/g, (text) =>
    Array.from(toUtf8(text), (byte) => `_${toHex(byte)}`).join(""),
  )
  return `fleetmcp-${spelled}`
}

function toHex(byte: number): string {
  return byte.toString(16).padStart(2, "0")
}

async function ask<T>({ title }: Backend, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw new StorageUnavailable(title, String(error), error)
  }
}
