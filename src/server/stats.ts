/** What a server has done and does, as numbers that only this process knows: `mcp.stats()`. */
export interface ServerStats {
  /** Whether requests are served: not while it starts, when it could not be started, and once it is closed. */
  readonly isReady: boolean
  /** Milliseconds since it was made. */
  readonly upMs: number
  /** Calls under way, those of the own process and open subscriptions included. */
  readonly running: number
  /** Requests of clients that were answered, errors included. */
  readonly answered: number
  /** How many of them with each error of the protocol, by its code: `{ "-32602": 3 }`. */
  readonly errors: { readonly [code: string]: number }
  /** How many of them by a tool that failed: with `isError`. */
  readonly toolErrors: number
  /** Sessions of clients of older revisions, as far as their stores can say. */
  readonly sessions: number
  /** Clients of 2026-07-28 that listen for changes. */
  readonly subscriptions: number
}
