import { assertOptions, type KnownOptions } from "../components/options.ts"
import { StorageThrottled } from "../errors/cloud-storage.ts"
import { CorruptValue } from "../errors/storage.ts"
import { StorageUnavailable } from "../errors/storage-backends.ts"
import { assertFits } from "./byte-limit.ts"
import { deadlineOf, toKvSeconds } from "./deadline.ts"
import {
  absent,
  type KeyPage,
  type ListOptions,
  type StorageDriver,
  type Stored,
  type Version,
  type WriteOptions,
} from "./storage.ts"

/** A binding of Workers KV, as far as it is used. */
export interface KvNamespace {
  /** Reads a text and what is kept beside it. */
  getWithMetadata(
    key: string,
    options: { readonly type: "text" },
  ): Promise<{ readonly value: string | null; readonly metadata: unknown }>
  /** Writes a text and what is kept beside it. */
  put(
    key: string,
    value: string,
    options: { readonly metadata: unknown; readonly expirationTtl?: number },
  ): Promise<void>
  /** Deletes a text. */
  delete(key: string): Promise<void>
  /** Lists names in pages. */
  list(options: {
    readonly prefix: string
    readonly limit: number
    readonly cursor: string | null
  }): Promise<{
    readonly keys: readonly { readonly name: string; readonly metadata?: unknown }[]
    readonly list_complete: boolean
    readonly cursor?: string
  }>
}

/** The clock of a storage in Workers KV. */
export interface KvStorageOptions {
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

const known: KnownOptions = { kinds: { now: "function" } }

/**
 * Makes a storage in a namespace of Workers KV: fast to read everywhere, and not atomic. What one place writes, others
 * may see a minute later or more, and the last of several writes wins; what must never be done twice refuses it
 * (FLEET-16). Keep caches and settings in it, and state in `durableObjectStorage()`.
 *
 * @param namespace The binding, such as `env.CACHE`. It should hold nothing else.
 * @param options `now`.
 * @throws {UnknownOption} FLEET-09: an option does not exist.
 * @throws {InvalidOption} An option has a value that cannot be meant.
 * @throws {ValueTooLarge} by `write`: the value takes more than 25 MiB
 * @throws {StorageThrottled} by all methods: KV takes a write of a key each second
 * @throws {StorageUnavailable} by all methods: KV refused or was not reached
 * @throws {CorruptValue} by `get`: something else wrote there
 * @see https://developers.cloudflare.com/kv/concepts/how-kv-works/
 * @example
 * const storage = kvStorage(env.CACHE)
 */
export function kvStorage(namespace: KvNamespace, options: KvStorageOptions = {}): StorageDriver {
  assertOptions("`kvStorage()`", options, known)
  const now = options.now ?? Date.now
  return {
    atomic: false,
    listable: true,
    minTtl: 0,
    get: (key) => get(namespace, key, now()),
    write: (key, value, writeOptions) => write(namespace, { key, value, now: now() }, writeOptions),
    list: (prefix, listOptions) => list(namespace, { prefix, now: now() }, listOptions),
  }
}

/** What is kept beside a value, in the same write. */
interface Metadata {
  readonly version: Version
  readonly expiresAt?: number
}

async function get(namespace: KvNamespace, key: string, now: number): Promise<Stored | undefined> {
  const { value, metadata } = await ask(() => namespace.getWithMetadata(toName(key), { type: "text" }))
  if (value === null) return undefined
  if (!isMetadata(metadata)) throw new CorruptValue(key, "an entry of `kvStorage()`")
  if (hasExpired(metadata, now)) return undefined
  return { value, version: metadata.version, expiresAt: metadata.expiresAt }
}

/** What KV takes for a value. */
const maxBytes = 25 * 1024 * 1024

async function write(
  namespace: KvNamespace,
  { key, value, now }: { readonly key: string; readonly value: string | undefined; readonly now: number },
  { ttl }: WriteOptions = {},
): Promise<Version> {
  const name = toName(key)
  if (value === undefined) {
    await ask(() => namespace.delete(name))
    return absent
  }
  assertFits(key, value, { of: "Workers KV", bytes: maxBytes })
  const version = crypto.randomUUID()
  const expiresAt = deadlineOf(now, ttl)
  const life =
    expiresAt === undefined
      ? { metadata: { version } }
      : {
          metadata: { version, expiresAt },
          // KV clears away by the second; what is read goes by the milliseconds beside it.
          expirationTtl: toKvSeconds(expiresAt - now),
        }
  await ask(() => namespace.put(name, value, life))
  return version
}

/** The most names that KV gives at once. */
const maxPage = 1000

async function list(
  namespace: KvNamespace,
  { prefix, now }: { readonly prefix: string; readonly now: number },
  {
    cursor = null,
    limit = maxPage,
  }: { readonly cursor?: string | null | undefined } & Omit<ListOptions, "cursor"> = {},
): Promise<KeyPage> {
  const page = await ask(() => namespace.list({ prefix, limit: Math.min(limit, maxPage), cursor }))
  const keys = page.keys
    .filter(({ metadata }) => isMetadata(metadata) && !hasExpired(metadata, now))
    .map(({ name }) => toKey(name))
    .filter((key) => key.startsWith(prefix))
  return { keys, cursor: page.list_complete ? undefined : page.cursor }
}

/** KV has no names `.` and `..`: what is all dots gets two more. A name starts with its key, so that prefixes hold. */
function toName(key: string): string {
  return /^\.+$/.test(key) ? `${key}..` : key
}

function toKey(name: string): string {
  return /^\.+$/.test(name) ? name.slice(2) : name
}

function isMetadata(metadata: unknown): metadata is Metadata {
  return typeof metadata === "object" && metadata !== null && "version" in metadata
}

function hasExpired({ expiresAt = Number.POSITIVE_INFINITY }: Metadata, now: number): boolean {
  return expiresAt <= now
}

async function ask<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    // KV tells by the status in its message alone.
    throw /\b429\b/.test(String(error))
      ? new StorageThrottled("Workers KV", error)
      : new StorageUnavailable("Workers KV", String(error), error)
  }
}
