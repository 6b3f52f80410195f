import type { CacheHints, ComponentKind } from "../components/component.ts"
import { InvalidCursor } from "../errors/lists.ts"
import { show } from "../errors/protocol.ts"
import { decodeBase64UrlText, encodeBase64UrlText } from "../shared/base64-url.ts"
import { createLru, type Lru } from "../shared/lru.ts"
import { andThen, type MaybePromise } from "../shared/maybe-promise.ts"
import type { Catalog, Survey } from "./catalog.ts"
import type { Resolved, Scope } from "./provider.ts"
import { listVisible } from "./snapshot.ts"
import { visibilitySignature } from "./visibility-signature.ts"
import { wireHints } from "./wire-hints.ts"

/** One page of a list, ready to send. */
export interface Page {
  readonly result: { readonly [key: string]: unknown }
  /** `result` serialized, made when first needed. */
  readonly json: string
  /** Whether the entries depend on who asked. */
  readonly isPrivate: boolean
  /** How many entries there are. */
  readonly size: number
}

/** Says how a kind is listed. */
export interface ListShape {
  readonly kind: ComponentKind
  /** The member of the result that holds the entries. */
  readonly field: "tools" | "resources" | "resourceTemplates" | "prompts"
  /** How long and for whom a page may be kept. */
  readonly hints: CacheHints | undefined
}

/**
 * Makes the pages of lists and keeps them until something changes. Pages are kept per visibility, never
 * across callers that may see different things.
 */
export class Lister {
  readonly #catalog: Catalog
  readonly #pageSize: number
  readonly #pages: Lru<string, Page>
  #revision: number

  constructor(catalog: Catalog, pageSize: number) {
    this.#catalog = catalog
    this.#pageSize = pageSize
    // By entries: a page may hold one, or all the thousands there are.
    this.#pages = createLru<string, Page>({ max: 256, maxWeight: 50_000, weigh: ({ size }) => size + 1 })
    this.#revision = catalog.revision
  }

  /** @throws {InvalidCursor} */
  page(shape: ListShape, scope: Scope, cursor: unknown): Page | Promise<Page> {
    if (cursor !== undefined && typeof cursor !== "string") throw new InvalidCursor(show(cursor))
    const survey = this.#catalog.survey(shape.kind, scope)
    const signature = signatureOf(survey, scope)
    // An empty cursor is none of ours; it must not find the first page here.
    const key = cursor === undefined ? `${shape.kind} ${signature}` : `${shape.kind} ${signature} ${cursor}`
    this.#forgetStale()
    const kept = signature === undefined ? undefined : this.#pages.get(key)
    if (kept !== undefined) return kept
    const revision = this.#catalog.revision
    const listing = toListing(survey, scope)
    if (listing instanceof Promise) return listing.then((all) => this.#toPage(shape, all, cursor))
    const page = this.#toPage(shape, listing, cursor)
    // A cursor that is not exactly ours still finds its page, but anyone can make any number of those.
    const isOurs = cursor === undefined || isCurrent(listing.entries, cursor)
    if (isOurs && signature !== undefined && revision === this.#catalog.revision) this.#pages.set(key, page)
    return page
  }

  #forgetStale(): void {
    if (this.#revision === this.#catalog.revision) return
    this.#pages.clear()
    this.#revision = this.#catalog.revision
  }

  #toPage(shape: ListShape, { entries, isPrivate, isWhole }: Listing, cursor: string | undefined): Page {
    const start = cursor === undefined ? 0 : startOf(entries, cursor)
    const end = isWhole ? entries.length : Math.min(start + this.#pageSize, entries.length)
    const items = entries.slice(start, end).map(({ component }) => component.definition)
    const last = entries[end - 1]
    const result = Object.freeze({
      [shape.field]: Object.freeze(items),
      ...(end < entries.length && last !== undefined ? { nextCursor: toCursor(last, end) } : undefined),
      ...wireHints(shape.hints, isPrivate),
    })
    let json: string | undefined
    return {
      result,
      isPrivate,
      size: items.length,
      get json() {
        json ??= JSON.stringify(result)
        return json
      },
    }
  }
}

/** Names the part of a list that depends on `scope`; `undefined` when the list cannot be kept. */
function signatureOf({ all, isKept, isPlain }: Survey, scope: Scope): string | undefined {
  if (!isKept) return undefined
  if (isPlain) return ""
  if (all instanceof Promise) return undefined
  return visibilitySignature(
    all.map(({ component }) => component),
    scope,
  )
}

/** A list as one caller sees it. */
interface Listing {
  readonly entries: readonly Resolved[]
  /** Whether one page has them all: for the server's own code, which takes no part of it. */
  readonly isWhole: boolean
  /** Whether the entries depend on who asked. */
  readonly isPrivate: boolean
}

function toListing({ all, isKept }: Survey, scope: Scope): MaybePromise<Listing> {
  return andThen(all, (listed) => {
    // What was hidden from this caller makes the list his as much as what was shown.
    const isPrivate =
      !isKept || scope.hidden !== undefined || listed.some(({ component }) => component.auth !== undefined)
    const isWhole = scope.whole === true
    return andThen(listVisible(listed, scope), (entries) => ({ entries, isPrivate, isWhole }))
  })
}

/** Points behind an entry: by its id, and by its place in case it is gone when the client comes back. */
function toCursor({ component }: Resolved, next: number): string {
  return encodeBase64UrlText(JSON.stringify([next, component.id]))
}

function isCurrent(entries: readonly Resolved[], cursor: string): boolean {
  const [next] = readCursor(cursor)
  const last = entries[next - 1]
  return last !== undefined && toCursor(last, next) === cursor
}

function startOf(entries: readonly Resolved[], cursor: string): number {
  const [next, id] = readCursor(cursor)
  if (entries[next - 1]?.component.id === id) return next
  const moved = entries.findIndex(({ component }) => component.id === id)
  if (moved !== -1) return moved + 1
  // The entry is gone: what came behind it has moved up by one.
  return Math.min(next - 1, entries.length)
}

function readCursor(cursor: string): readonly [number, string] {
  const text = cursor.length > 4096 ? undefined : decodeBase64UrlText(cursor)
  if (text === undefined) throw new InvalidCursor(cursor)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Not JSON: as little ours as any other text.
    throw new InvalidCursor(cursor)
  }
  if (!Array.isArray(value) || value.length !== 2) throw new InvalidCursor(cursor)
  const [next, id] = value as readonly unknown[]
  if (typeof next !== "number" || !Number.isInteger(next) || next < 1 || typeof id !== "string")
    throw new InvalidCursor(cursor)
  return [next, id]
}
