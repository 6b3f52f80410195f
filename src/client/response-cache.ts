import { isObject } from "../protocol/jsonrpc.ts"
import { createLru, type Lru } from "../shared/lru.ts"
import { textDigest } from "../shared/text-digest.ts"
import { utf8Length } from "../shared/utf8-length.ts"
import { readJson, type StorageDriver, writeJson } from "../storage/storage.ts"
import type { Json } from "./rpc.ts"

/** Where results are kept that servers allow to be kept. */
export interface CacheOptions {
  /** Keeps them beyond this process. Default: memory of this client alone. */
  readonly storage: StorageDriver
  /** On whose behalf: what is private to somebody is found under the same partition only. */
  readonly partition: string
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** A server may not have a result kept for longer, in milliseconds. */
const longestTtl = 86_400_000

/** The most results that memory holds, and their bytes together. */
const most = 512
const mostBytes = 64 * 1024 * 1024

/** The methods whose results say how long they hold, and what makes them out of date. */
const cacheable: { readonly [method: string]: string } = {
  "tools/list": "notifications/tools/list_changed",
  "prompts/list": "notifications/prompts/list_changed",
  "resources/list": "notifications/resources/list_changed",
  "resources/templates/list": "notifications/resources/list_changed",
  "resources/read": "notifications/resources/updated",
}

interface Kept {
  readonly text: string
  readonly expiresAt: number
}

/**
 * Keeps results for as long as their server says.
 *
 * @see S28/server/utilities/caching
 */
export class ResponseCache {
  readonly #server: string
  readonly #options: CacheOptions | undefined
  readonly #now: () => number
  readonly #kept: Lru<string, Kept>
  /** What was kept of each method, so that it can be forgotten. */
  readonly #keys: Map<string, Set<string>> = new Map()
  #generation = 0

  /** @param server What tells the server from all others: where it is, not what it calls itself. */
  constructor(server: string, options?: CacheOptions) {
    this.#server = server
    this.#options = options
    this.#now = options?.now ?? Date.now
    this.#kept = createLru({ max: most, maxWeight: mostBytes, weigh: ({ text }) => utf8Length(text) })
  }

  /** Gives a result that still holds, or asks for one. */
  async through(method: string, params: Json, ask: () => Promise<Json>): Promise<Json> {
    if (!Object.hasOwn(cacheable, method)) return ask()
    const known =
      (await this.#find(this.#key("private", method, params))) ??
      (await this.#find(this.#key("public", method, params)))
    if (known !== undefined) return known
    const generation = this.#generation
    const result = await ask()
    // What changed while it was on its way is out of date already.
    if (generation === this.#generation) await this.#keep(method, params, result)
    return result
  }

  /** Forgets what a notification says is out of date. */
  hear({ method, params }: { readonly method: string; readonly params: Json }): void {
    for (const [each, news] of Object.entries(cacheable)) {
      if (news !== method) continue
      this.#generation++
      for (const key of this.#keys.get(each) ?? []) {
        if (each === "resources/read" && !key.endsWith(`,${JSON.stringify(String(params.uri))}]`)) continue
        this.#kept.delete(key)
        void this.#forget(key)
      }
    }
  }

  async #find(key: string): Promise<Json | undefined> {
    const kept = this.#kept.get(key) ?? (await this.#stored(key))
    if (kept === undefined || kept.expiresAt <= this.#now()) return undefined
    return JSON.parse(kept.text)
  }

  async #stored(key: string): Promise<Kept | undefined> {
    if (this.#options === undefined) return undefined
    // Storage that is away must not keep a request from its server.
    const found = await readJson(this.#options.storage, await textDigest(key)).catch(() => undefined)
    if (!isObject(found) || typeof found.text !== "string" || typeof found.expiresAt !== "number")
      return undefined
    return { text: found.text, expiresAt: found.expiresAt }
  }

  async #keep(method: string, params: Json, result: Json): Promise<void> {
    const { ttlMs, cacheScope } = result
    if (typeof ttlMs !== "number" || !(ttlMs > 0) || result.resultType === "input_required") return
    const ttl = Math.min(ttlMs, longestTtl)
    const key = this.#key(cacheScope === "public" ? "public" : "private", method, params)
    const kept = { text: JSON.stringify(result), expiresAt: this.#now() + ttl }
    this.#kept.set(key, kept)
    this.#remember(method, key)
    if (this.#options === undefined) return
    const entry = { key: await textDigest(key), value: kept }
    await writeJson(this.#options.storage, entry, { ttl }).catch(() => undefined)
  }

  async #forget(key: string): Promise<void> {
    try {
      await this.#options?.storage.write(await textDigest(key), undefined)
    } catch {
      // It is forgotten when its time is over.
    }
  }

  #remember(method: string, key: string): void {
    const keys = this.#keys.get(method) ?? new Set()
    keys.add(key)
    const [oldest] = keys
    if (keys.size > most && oldest !== undefined) keys.delete(oldest)
    this.#keys.set(method, keys)
  }

  #key(scope: "public" | "private", method: string, { cursor, uri }: Json): string {
    const partition = scope === "public" ? "" : (this.#options?.partition ?? "")
    return JSON.stringify([this.#server, scope, partition, method, cursor ?? uri ?? ""])
  }
}
