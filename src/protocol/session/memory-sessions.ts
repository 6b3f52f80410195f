import { longestTimer } from "../../shared/longest-timer.ts"
import { quietTimeout } from "../../shared/quiet-timer.ts"
import {
  placeOf,
  type SessionData,
  type SessionLink,
  type SessionSignal,
  type SessionStore,
  type Sessions,
  type StreamEvent,
  streamOf,
} from "./session.ts"

/** How the sessions of one process are bounded. */
export interface MemorySessionOptions {
  /** Milliseconds after which a session that is not used is forgotten. Default 30 minutes. */
  readonly idleMs?: number | undefined
  /** The most sessions; beyond them the one not used for longest is forgotten. Default 10,000. */
  readonly max?: number | undefined
  /** The most messages kept per session for clients that lost a stream. Default 256. */
  readonly maxEvents?: number | undefined
  /** The most characters of them, of all sessions together; beyond it the oldest go. Default 32,000,000. */
  readonly maxEventsSize?: number | undefined
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: (() => number) | undefined
}

/**
 * Makes the sessions of one process.
 *
 * @see S11/basic/transports#session-management
 * @example
 * const mcp = new FleetMCP("Demo", { http: { sessions: memorySessions({ idleMs: 5 * 60_000, max: 500 }) } })
 */
export function memorySessions(options: MemorySessionOptions = {}): Sessions {
  const { idleMs = 30 * 60_000, max = 10_000, now = Date.now } = options
  const { maxEvents = 256, maxEventsSize = 32_000_000 } = options
  const link = new MemorySessionLink(maxEvents, maxEventsSize)
  const store = new MemorySessionStore({ idleMs, max, now, onForget: (id) => link.over(id) })
  return { store, link }
}

interface StoreOptions {
  readonly idleMs: number
  readonly max: number
  readonly now: () => number
  /** Hears of sessions that were forgotten because of their age or number. */
  readonly onForget: (id: string) => void
}

interface Entry {
  data: SessionData
  usedAt: number
}

class MemorySessionStore implements SessionStore {
  readonly #options: StoreOptions
  /** Those not used for longest first: every use puts a session last. */
  readonly #entries: Map<string, Entry> = new Map()
  #stopTimer: (() => void) | undefined

  constructor(options: StoreOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#entries.size
  }

  create(data: SessionData): void {
    this.#sweep()
    this.#entries.set(data.id, { data, usedAt: this.#options.now() })
    if (this.#entries.size > this.#options.max) this.#makeRoom()
    this.#watch()
  }

  /** Forgets the session not used for longest of who has the most: nobody can drive out the sessions of others. */
  #makeRoom(): void {
    const counts = new Map<string, number>()
    for (const { data } of this.#entries.values()) counts.set(data.owner, (counts.get(data.owner) ?? 0) + 1)
    let most = 0
    for (const count of counts.values()) most = Math.max(most, count)
    for (const [id, { data }] of this.#entries) {
      if (counts.get(data.owner) !== most) continue
      this.#forget(id)
      return
    }
  }

  get(id: string): SessionData | undefined {
    return this.#use(id)?.data
  }

  update(id: string, change: (session: SessionData) => SessionData): SessionData | undefined {
    const entry = this.#use(id)
    if (entry !== undefined) entry.data = change(entry.data)
    return entry?.data
  }

  delete(id: string): boolean {
    const isKnown = this.#entries.delete(id)
    if (this.#entries.size === 0) this.#rest()
    return isKnown
  }

  #use(id: string): Entry | undefined {
    const entry = this.#entries.get(id)
    if (entry === undefined) return undefined
    const { now, idleMs } = this.#options
    const usedAt = now()
    if (usedAt - entry.usedAt > idleMs) {
      this.#forget(id)
      return undefined
    }
    entry.usedAt = usedAt
    this.#entries.delete(id)
    this.#entries.set(id, entry)
    return entry
  }

  #sweep(): void {
    const expired = this.#options.now() - this.#options.idleMs
    for (const [id, { usedAt }] of this.#entries) {
      if (usedAt >= expired) return
      this.#forget(id)
    }
  }

  #forget(id: string): void {
    this.#entries.delete(id)
    this.#options.onForget(id)
  }

  #rest(): void {
    this.#stopTimer?.()
    this.#stopTimer = undefined
  }

  /** One timer for all of them: they grow old in the order in which they stand. */
  #watch(): void {
    const { idleMs } = this.#options
    if (this.#stopTimer !== undefined || idleMs === Number.POSITIVE_INFINITY) return
    this.#stopTimer = quietTimeout(
      () => {
        this.#stopTimer = undefined
        this.#sweep()
        if (this.#entries.size > 0) this.#watch()
      },
      Math.min(idleMs, longestTimer),
    )
  }
}

class MemorySessionLink implements SessionLink {
  readonly #maxEvents: number
  readonly #maxSize: number
  readonly #listeners: Map<string, Set<(signal: SessionSignal) => void>> = new Map()
  /** The session that kept something last stands last. */
  readonly #kept: Map<string, Kept> = new Map()
  #size = 0

  constructor(maxEvents: number, maxSize: number) {
    this.#maxEvents = maxEvents
    this.#maxSize = maxSize
  }

  send(session: string, signal: SessionSignal): void {
    for (const hear of this.#listeners.get(session) ?? []) hear(signal)
  }

  subscribe(session: string, hear: (signal: SessionSignal) => void): () => void {
    const present = this.#listeners.get(session)
    const listeners = present ?? new Set()
    if (present === undefined) this.#listeners.set(session, listeners)
    // A copy per subscription, so that the same function may listen twice.
    const own = (signal: SessionSignal) => hear(signal)
    listeners.add(own)
    return () => {
      listeners.delete(own)
      if (listeners.size === 0 && this.#listeners.get(session) === listeners) this.#listeners.delete(session)
    }
  }

  keep(session: string, event: StreamEvent): void {
    const kept = this.#kept.get(session) ?? { events: [], size: 0 }
    this.#kept.delete(session)
    this.#kept.set(session, kept)
    kept.events.push(event)
    this.#grow(kept, sizeOf(event))
    if (kept.events.length > this.#maxEvents) this.#dropFirst(kept)
    while (this.#size > this.#maxSize) {
      const [oldest] = this.#kept
      if (oldest === undefined) return
      this.#dropFirst(oldest[1])
      if (oldest[1].events.length === 0) this.#kept.delete(oldest[0])
    }
  }

  since(session: string, eventId: string): readonly StreamEvent[] | undefined {
    const stream = streamOf(eventId)
    const place = placeOf(eventId)
    const kept = this.#kept.get(session)?.events ?? []
    const events = kept.filter(({ id }) => streamOf(id) === stream && placeOf(id) >= place)
    return events.length === 0 ? undefined : events
  }

  forget(session: string): void {
    this.#size -= this.#kept.get(session)?.size ?? 0
    this.#kept.delete(session)
  }

  /** Ends what still serves a session that the store has forgotten. */
  over(session: string): void {
    this.send(session, { kind: "end" })
    this.forget(session)
  }

  #dropFirst(kept: Kept): void {
    const dropped = kept.events.shift()
    if (dropped !== undefined) this.#grow(kept, -sizeOf(dropped))
  }

  #grow(kept: Kept, size: number): void {
    kept.size += size
    this.#size += size
  }
}

interface Kept {
  readonly events: StreamEvent[]
  size: number
}

function sizeOf({ id, json = "" }: StreamEvent): number {
  // An event costs more than its characters.
  return 128 + id.length + json.length
}
