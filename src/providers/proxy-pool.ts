import type { Connection } from "../client/connection.ts"
import type { PeerNotification, PeerRequest } from "../client/rpc.ts"
import { AccessRefused } from "../errors/dialogue.ts"
import { UpstreamBusy, UpstreamDown } from "../errors/proxy.ts"
import { ClientClosed } from "../errors/testing.ts"
import type { Era } from "../protocol/era.ts"
import { quietTimeout } from "../shared/quiet-timer.ts"

/** On whose behalf the upstream is spoken with. */
export interface Caller {
  /** Who it is: no session is ever that of two of them. */
  readonly identity: string
  /** Tells callers apart whose headers are sent on; the same for all where none are. */
  readonly headersKey: string
  /** The headers that go on. */
  readonly headers: { readonly [name: string]: string }
  /** What the client can do: sessions are told once. */
  readonly capabilities: object
  /** Whether nobody comes back for what this caller leaves. */
  readonly isOnce: boolean
}

/** What hears a connection beside its requests. */
export interface Ears {
  onNotification(notification: PeerNotification): void
  onRequest(request: PeerRequest): Promise<object>
}

/** A connection that is in use. */
export interface Lease {
  readonly connection: Connection
  /** Who uses it now, besides whoever holds this. */
  readonly users: Set<Ears>
  /** Ends the use of it. */
  release(): void
}

export interface PoolOptions {
  readonly upstream: string
  /** Opens a connection. */
  readonly open: (caller: Caller, ears: Ears) => Promise<Connection>
  /** Hears what belongs to no request. */
  readonly onNotification: (notification: PeerNotification, caller: Caller) => void
  readonly max: number
  readonly idleMs: number
  readonly now: () => number
  readonly random: () => number
}

interface Entry {
  key: string
  readonly caller: Caller
  readonly opening: Promise<Connection>
  readonly users: Set<Ears>
  connection: Connection | undefined
  uses: number
  /** The first who called by it, and whether others did, so that nothing tells whom a log is for. */
  first: string | undefined
  isMixed: boolean
  stopIdling: (() => void) | undefined
}

/** How long is waited after one failure, and at most, in milliseconds. */
const firstWait = 500
const longestWait = 30_000
/** A connection that ends sooner was none. */
const soonMs = 2_000

/**
 * Keeps the connections to one upstream: sessions by who is calling and what his client can do, and one for all where
 * there are no sessions.
 */
export class Pool {
  readonly #options: PoolOptions
  readonly #entries: Map<string, Entry> = new Map()
  #era: Era | undefined
  #failures = 0
  #blockedUntil = 0
  #lastFailure: unknown

  constructor(options: PoolOptions) {
    this.#options = options
  }

  /** How many connections are open or being opened. */
  get size(): number {
    return this.#entries.size
  }

  /** Which dialect the upstream spoke last; `undefined` before it was spoken with. */
  get era(): Era | undefined {
    return this.#era
  }

  /**
   * Gives a connection that only this caller uses, or, without sessions, one that all may use.
   *
   * @throws {UpstreamDown} It cannot be connected to, or could not a moment ago.
   * @throws {UpstreamBusy} There are too many.
   */
  async lease(caller: Caller, isList = false): Promise<Lease> {
    for (;;) {
      const entry = this.#entries.get(keyOf(this.#era, caller)) ?? this.#begin(caller)
      const { stopIdling } = entry
      entry.uses++
      // Lists are logged for nobody.
      if (!isList) {
        entry.first ??= caller.identity
        entry.isMixed ||= entry.first !== caller.identity
      }
      entry.stopIdling = undefined
      stopIdling?.()
      let connection: Connection
      try {
        connection = await entry.opening
      } catch (error) {
        entry.uses--
        throw error
      }
      // Which dialect it speaks is known now: what was thought to be for all may be a session of whoever opened it.
      if (connection.ended === undefined && entry.key === keyOf(connection.era, caller))
        return { connection, users: entry.users, release: this.#releaser(entry) }
      this.#releaser(entry)()
      if (connection.ended !== undefined) this.#drop(entry)
    }
  }

  /** Gives a connection to list by: one that this caller has already, whatever was said of his client, else another. */
  leaseAny(caller: Caller): Promise<Lease> {
    for (const { caller: known, connection } of this.#entries.values()) {
      const isHis = known.identity === caller.identity && known.headersKey === caller.headersKey
      if (isHis && connection !== undefined && connection.ended === undefined) return this.lease(known, true)
    }
    return this.lease(caller, true)
  }

  /** Closes what an identity has. */
  async forget(identity: string): Promise<void> {
    const own = [...this.#entries.values()].filter((entry) => entry.caller.identity === identity)
    await Promise.all(
      own.filter(({ connection }) => connection?.era === "session").map((entry) => this.#close(entry)),
    )
  }

  /** Closes all. */
  async close(): Promise<void> {
    await Promise.all([...this.#entries.values()].map((entry) => this.#close(entry)))
    this.#failures = this.#blockedUntil = 0
  }

  #begin(caller: Caller): Entry {
    const { upstream, now, max } = this.#options
    if (now() < this.#blockedUntil) throw new UpstreamDown(upstream, this.#lastFailure)
    if (this.#entries.size >= max && !this.#closeIdle()) throw new UpstreamBusy(upstream, max)
    const users = new Set<Ears>()
    const key = keyOf(this.#era, caller)
    const newest = () => (entry.isMixed ? undefined : [...users].at(-1))
    const entry: Entry = {
      key,
      caller,
      users,
      opening: this.#open(caller, newest),
      connection: undefined,
      uses: 0,
      first: undefined,
      isMixed: false,
      stopIdling: undefined,
    }
    this.#entries.set(key, entry)
    entry.opening.then(
      (connection) => this.#opened(entry, connection),
      () => this.#drop(entry),
    )
    return entry
  }

  async #open(caller: Caller, newest: () => Ears | undefined): Promise<Connection> {
    const { upstream, open, onNotification, now } = this.#options
    try {
      const connection = await open(caller, {
        onNotification: (notification) => {
          if (ofAll.test(notification.method)) onNotification(notification, caller)
          else newest()?.onNotification(notification)
        },
        // What it asks outside of a request, it asks whoever began last.
        onRequest: async (request) => {
          const last = newest()
          if (last === undefined) throw new UpstreamDown(upstream, "nobody is there to be asked")
          return last.onRequest(request)
        },
      })
      this.#era = connection.era
      const since = now()
      connection.onClose((reason) => {
        // A program that dies as soon as it starts is not started in a loop. What we close is no failure.
        if (now() - since < soonMs && !(reason instanceof ClientClosed)) this.#failed(reason)
      })
      if (now() >= this.#blockedUntil) this.#failures = 0
      return connection
    } catch (error) {
      // Who may not come in says nothing of the others.
      if (!(error instanceof AccessRefused)) this.#failed(error)
      throw new UpstreamDown(upstream, error)
    }
  }

  #opened(entry: Entry, connection: Connection): void {
    // Closed while it was opened.
    if (this.#entries.get(entry.key) !== entry) {
      void connection.close()
      return
    }
    entry.connection = connection
    connection.onClose(() => this.#drop(entry))
    const key = keyOf(connection.era, entry.caller)
    if (key === entry.key) return
    this.#entries.delete(entry.key)
    const other = this.#entries.get(key)
    if (other !== undefined) {
      // Another caller was as fast; one is enough.
      entry.key = ""
      void connection.close()
      return
    }
    entry.key = key
    this.#entries.set(key, entry)
  }

  #failed(reason: unknown): void {
    const { now, random } = this.#options
    this.#lastFailure = reason
    const wait = Math.min(firstWait * 2 ** this.#failures++, longestWait)
    this.#blockedUntil = now() + wait * (0.75 + random() / 2)
  }

  #releaser(entry: Entry): () => void {
    let isDone = false
    return () => {
      if (isDone) return
      isDone = true
      entry.uses--
      if (entry.uses > 0) return
      const isOnce = entry.caller.isOnce && entry.connection?.era !== "stateless"
      if (isOnce) void this.#close(entry)
      else entry.stopIdling = quietTimeout(() => void this.#close(entry), this.#options.idleMs)
    }
  }

  /** Makes room. The first of those that nobody uses has not been used for the longest time, nearly. */
  #closeIdle(): boolean {
    for (const entry of this.#entries.values()) {
      if (entry.uses > 0) continue
      void this.#close(entry)
      return true
    }
    return false
  }

  #drop(entry: Entry): void {
    entry.stopIdling?.()
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key)
  }

  async #close(entry: Entry): Promise<void> {
    this.#drop(entry)
    await entry.connection?.close()
  }
}

/** What a server tells all, and not in answer to somebody. */
export const ofAll: RegExp = /^notifications\/(.*\/list_changed|resources\/updated)$/

/** Under which key a caller's connection is kept. Without sessions there is nothing that were anybody's. */
function keyOf(era: Era | undefined, { identity, headersKey, capabilities }: Caller): string {
  return JSON.stringify(era === "stateless" ? [headersKey] : [headersKey, identity, capabilities])
}
