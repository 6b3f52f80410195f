import type { Connection } from "../client/connection.ts"
import type { Json } from "../client/rpc.ts"
import type { ComponentKind } from "../components/component.ts"
import { WrongResult } from "../errors/client.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import type { Resolved } from "../server/provider.ts"
import type { ServerLog } from "../server/server-log.ts"
import { clip } from "../shared/clip.ts"
import { createLru, type Lru } from "../shared/lru.ts"
import { textHash } from "../shared/text-hash.ts"
import { type Running, toResolved } from "./proxy-components.ts"

/** How lists are read. */
export interface CatalogOptions {
  readonly upstream: string
  readonly ttlMs: number
  readonly log: ServerLog
  readonly now: () => number
  /** What runs what a connection lists. */
  readonly running: (connection: Connection) => Running
  /** Hears of kinds whose lists are others than before. */
  readonly onChange: (kinds: readonly ComponentKind[]) => void
}

/** A list as somebody saw it. */
export interface Kept {
  readonly entries: readonly Resolved[]
  readonly byId: ReadonlyMap<string, Resolved>
  /** Tells a list from another. */
  readonly hash: string
  readonly freshUntil: number
}

/** The most pages and items of one list, and characters of all its definitions. */
const mostPages = 1_000
const mostItems = 10_000
const mostCharacters = 32 * 1024 * 1024
/** The most callers whose lists are kept. */
const mostCallers = 1_000

/** Keeps what an upstream lists, for each caller for himself. */
export class UpstreamCatalog {
  readonly #options: CatalogOptions
  readonly #kept: Lru<string, Kept> = createLru({ max: 4 * mostCallers })
  readonly #reading: Map<string, Promise<Kept>> = new Map()
  /** Grows when a list is said to have changed. */
  readonly #revisions: { [kind in ComponentKind]: number } = { tool: 0, resource: 0, template: 0, prompt: 0 }

  constructor(options: CatalogOptions) {
    this.#options = options
  }

  /** What a caller was listed, while it may be used. */
  fresh(kind: ComponentKind, caller: string): Kept | undefined {
    const kept = this.known(kind, caller)
    return kept !== undefined && this.#options.now() < kept.freshUntil ? kept : undefined
  }

  /** What a caller was listed last. */
  known(kind: ComponentKind, caller: string): Kept | undefined {
    return this.#kept.get(`${kind} ${caller}`)
  }

  /** Reads a list, once for all who want it now. */
  read(kind: ComponentKind, caller: string, lease: () => Promise<Reading>): Promise<Kept> {
    const key = `${kind} ${caller}`
    const running = this.#reading.get(key)
    if (running !== undefined) return running
    const reading = this.#read(kind, key, lease).finally(() => this.#reading.delete(key))
    this.#reading.set(key, reading)
    return reading
  }

  /** Forgets what is listed of some kinds. Tells whether anybody had been listed it. */
  changed(kinds: readonly ComponentKind[]): void {
    for (const kind of kinds) this.#revisions[kind]++
    const told = kinds.filter((kind) => this.#spoil(kind))
    if (told.length > 0) this.#options.onChange(told)
  }

  clear(): void {
    this.#kept.clear()
    this.#keys.clear()
  }

  readonly #keys: Map<string, ComponentKind> = new Map()

  /** Who was not listed anything since need not be told again. */
  #spoil(kind: ComponentKind): boolean {
    let isNews = false
    for (const [key, of] of this.#keys) {
      if (of !== kind) continue
      this.#keys.delete(key)
      const kept = this.#kept.get(key)
      if (kept === undefined) continue
      isNews = true
      this.#kept.set(key, { ...kept, freshUntil: Number.NEGATIVE_INFINITY })
    }
    return isNews
  }

  async #read(kind: ComponentKind, key: string, lease: () => Promise<Reading>): Promise<Kept> {
    const { now, onChange, running, ttlMs } = this.#options
    const revision = this.#revisions[kind]
    const { connection, signal, release } = await lease()
    try {
      const { items, ttl } = await this.#pages(kind, connection, signal)
      const entries = this.#resolved(kind, items, running(connection))
      const hash = textHash(JSON.stringify(entries.map(({ component }) => component.definition)))
      const kept: Kept = {
        entries,
        byId: new Map(entries.map((entry) => [entry.component.id, entry])),
        hash,
        // One that changed while it was read is read again.
        freshUntil:
          revision === this.#revisions[kind] ? now() + Math.min(ttl, ttlMs) : Number.NEGATIVE_INFINITY,
      }
      const before = this.#kept.get(key)
      this.#kept.set(key, kept)
      this.#keys.set(key, kind)
      if (this.#keys.size > 4 * mostCallers) this.#keys.delete(this.#keys.keys().next().value ?? "")
      // One that is known to have changed was told when that was known.
      if (before !== undefined && before.hash !== hash && before.freshUntil !== Number.NEGATIVE_INFINITY)
        onChange([kind])
      return kept
    } finally {
      release()
    }
  }

  async #pages(
    kind: ComponentKind,
    connection: Connection,
    signal: AbortSignal,
  ): Promise<{ readonly items: readonly unknown[]; readonly ttl: number }> {
    const { method, field, capability } = lists[kind]
    if (connection.capabilities[capability] === undefined) return { items: [], ttl: Number.POSITIVE_INFINITY }
    const items: unknown[] = []
    const cursors = new Set<string>()
    let ttl = Number.POSITIVE_INFINITY
    let cursor: string | undefined
    for (let pages = 0; pages < mostPages; pages++) {
      const page: Json = await connection.request(method, cursor === undefined ? {} : { cursor }, { signal })
      const { ttlMs, nextCursor } = page
      const found = page[field]
      if (!Array.isArray(found)) throw new WrongResult(method, `has no list \`${field}\``)
      for (const item of found) items.push(item)
      if (typeof ttlMs === "number" && ttlMs >= 0) ttl = Math.min(ttl, ttlMs)
      if (typeof nextCursor !== "string") return { items, ttl }
      if (cursors.has(nextCursor) || items.length > mostItems) break
      cursors.add(nextCursor)
      cursor = nextCursor
    }
    this.#warn(`The pages of \`${method}\` do not end: ${items.length} items are taken, the rest is left out`)
    return { items, ttl }
  }

  #resolved(kind: ComponentKind, items: readonly unknown[], running: Running): readonly Resolved[] {
    const byId = new Map<string, Resolved>()
    const problems: string[] = []
    let room = mostCharacters
    for (const item of items.slice(0, mostItems)) {
      const made = toResolved(kind, item, running)
      const problem =
        typeof made === "string" ? made : byId.has(made.component.id) ? "is there twice" : undefined
      if (typeof made === "string" || problem !== undefined) {
        problems.push(`\`${nameOf(item)}\` ${problem}`)
        continue
      }
      room -= JSON.stringify(made.component.definition).length
      if (room < 0) {
        problems.push(`\`${nameOf(item)}\` and all behind it are too much`)
        break
      }
      byId.set(made.component.id, made)
    }
    if (items.length > mostItems) problems.push(`there are more than ${mostItems}`)
    if (problems.length > 0)
      this.#warn(
        `${problems.length} of what \`${lists[kind].method}\` lists left out: ${problems.slice(0, 5).join("; ")}`,
      )
    return [...byId.values()]
  }

  #warn(what: string): void {
    this.#options.log({ level: "warning", message: `Upstream \`${clip(this.#options.upstream)}\`: ${what}` })
  }
}

/** What lists are read by. */
export interface Reading {
  readonly connection: Connection
  readonly signal: AbortSignal
  release(): void
}

const lists: {
  readonly [kind in ComponentKind]: {
    readonly method: string
    readonly field: string
    readonly capability: string
  }
} = {
  tool: { method: "tools/list", field: "tools", capability: "tools" },
  resource: { method: "resources/list", field: "resources", capability: "resources" },
  template: { method: "resources/templates/list", field: "resourceTemplates", capability: "resources" },
  prompt: { method: "prompts/list", field: "prompts", capability: "prompts" },
}

function nameOf(item: unknown): string {
  if (!isObject(item)) return clip(String(item), 60)
  return clip(String(item.name ?? item.uri ?? item.uriTemplate ?? "?"), 60)
}
