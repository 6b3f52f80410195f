import { ConnectionLost, SessionLost } from "../errors/client.ts"
import { ClientClosed } from "../errors/testing.ts"
import { quietInterval } from "../shared/quiet-timer.ts"
import { sleep } from "../shared/sleep.ts"
import {
  type Connection,
  type ConnectionRequestOptions,
  type OpenOptions,
  openConnection,
} from "./connection.ts"
import type { Json } from "./rpc.ts"
import type { Place } from "./target.ts"

/** How a lost connection is opened again. */
export interface ReconnectOptions {
  /** How often it is tried. Default 5. */
  readonly attempts?: number | undefined
  /** How long the first wait is, in milliseconds; each further one is twice as long. Default 200. */
  readonly delayMs?: number | undefined
  /** The longest wait. Default 30,000. */
  readonly maxDelayMs?: number | undefined
}

/** How one server is kept in reach. */
export interface LinkOptions extends OpenOptions {
  readonly reconnect?: ReconnectOptions | false | undefined
  /** How often sessions are pinged, in milliseconds. Default: never. */
  readonly keepAliveMs?: number | undefined
  /** Does what every new connection needs before anything else. */
  readonly prepare?: ((connection: Connection) => Promise<void>) | undefined
}

/** One server in reach: a connection that is opened again when it is lost. */
export class Link {
  readonly #place: Place
  readonly #options: LinkOptions
  readonly #closing: AbortController = new AbortController()
  #current: Promise<Connection> | undefined
  #verdict: OpenOptions["prior"]

  constructor(place: Place, options: LinkOptions) {
    this.#place = place
    this.#options = options
    this.#verdict = options.prior
  }

  /** What lets another link begin without asking. */
  get verdict(): OpenOptions["prior"] {
    return this.#verdict
  }

  /** Whether it was closed. */
  get isClosed(): boolean {
    return this.#closing.signal.aborted
  }

  get place(): Place {
    return this.#place
  }

  /** Gives the connection, and opens one where there is none. */
  async connection(): Promise<Connection> {
    if (this.#closing.signal.aborted) throw new ClientClosed()
    const before = this.#current
    if (before === undefined) return this.#start(false)
    const known = await before
    if (this.#closing.signal.aborted) throw new ClientClosed()
    if (known.ended === undefined) return known
    // Whoever came here first has started another one.
    return this.#current === before ? this.#start(true) : this.connection()
  }

  /** Sends a request. One that a server did not take, since its session is gone, is sent once again in a new one. */
  async request(method: string, params: Json, options: ConnectionRequestOptions): Promise<Json> {
    const connection = await this.connection()
    try {
      return await connection.request(method, params, options)
    } catch (error) {
      if (!(error instanceof SessionLost) || this.#options.reconnect === false) throw error
      await connection.close()
      return (await this.connection()).request(method, params, options)
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new ClientClosed())
    const connection = await this.#current?.catch(() => undefined)
    await connection?.close()
  }

  #start(again: boolean): Promise<Connection> {
    const opening = again ? this.#reopen() : this.#open()
    this.#current = opening
    opening.catch(() => {
      // The next request tries anew.
      if (this.#current === opening) this.#current = undefined
    })
    return opening
  }

  async #reopen(): Promise<Connection> {
    const { reconnect = {} } = this.#options
    if (reconnect === false) throw new ConnectionLost("the server", "`reconnect` is off")
    const { attempts = 5, delayMs = 200, maxDelayMs = 30_000 } = reconnect
    let last: unknown
    for (let attempt = 0; attempt < Math.max(attempts, 1); attempt++) {
      // Many clients of one server that comes back must not all come at once.
      const wait = Math.min(delayMs * 2 ** attempt, maxDelayMs) * (0.5 + Math.random() / 2)
      if (attempt > 0) await sleep(wait, this.#closing.signal)
      try {
        return await this.#open()
      } catch (error) {
        last = error
      }
    }
    throw last
  }

  async #open(): Promise<Connection> {
    const { keepAliveMs, prepare } = this.#options
    const { signal } = this.#closing
    const connection = await openConnection(this.#place, {
      ...this.#options,
      signal: this.#options.signal === undefined ? signal : AbortSignal.any([signal, this.#options.signal]),
      ...(this.#verdict && { prior: this.#verdict }),
    }).catch((error: unknown) => {
      // What was known may be why it failed.
      this.#verdict = undefined
      throw error
    })
    this.#verdict = connection.verdict
    try {
      await prepare?.(connection)
    } catch (error) {
      await connection.close()
      throw error
    }
    if (keepAliveMs !== undefined && connection.era === "session") keepAlive(connection, keepAliveMs)
    return connection
  }
}

/** Ends a connection whose other side does not answer any more. */
function keepAlive(connection: Connection, ms: number): void {
  const stop = quietInterval(() => {
    connection.request("ping", {}, { timeoutMs: ms }).catch(() => connection.close())
  }, ms)
  connection.onClose(stop)
}
