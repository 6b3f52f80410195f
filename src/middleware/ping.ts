import { assertOptions, type KnownOptions } from "../components/options.ts"
import type { ExchangeSession } from "../protocol/call.ts"
import { defineMiddleware } from "../server/define-middleware.ts"
import type { Middleware } from "../server/middleware.ts"
import type { MiddlewareServer } from "../server/middleware-view.ts"
import { attempt } from "../shared/maybe-promise.ts"
import { quietInterval } from "../shared/quiet-timer.ts"

/** How often clients are asked whether they are there, and what follows where they are not. */
export interface PingOptions {
  /** Milliseconds between two pings of a session. Default 30,000. */
  readonly intervalMs?: number
  /** Milliseconds for which an answer is waited for. Default 10,000. */
  readonly timeoutMs?: number
  /** After how many pings in a row without an answer a session is ended. Default: never. */
  readonly failures?: number
  /** Hears of each ping without an answer. Default: the log does, of the first in a row. */
  readonly onDead?: (dead: DeadSession) => void
  /** Calls `run` every so many milliseconds, until what is returned is called. Default: a timer that keeps no process. */
  readonly every?: (run: () => void, ms: number) => () => void
}

/** A session whose client did not answer. */
export interface DeadSession {
  /** The id of the session. */
  readonly id: string
  /** How many pings in a row it left without an answer. */
  readonly misses: number
}

const known: KnownOptions = {
  kinds: { intervalMs: "ms", timeoutMs: "ms", failures: "count", onDead: "function", every: "function" },
}

/**
 * Asks clients with sessions every now and then whether they are there, over stdio or their stream for what belongs to no
 * request: that keeps connections open that would be closed as idle, and finds clients that are gone. Clients of 2026-07-28
 * have no sessions and are not asked.
 *
 * @param options Default: every 30 seconds; who does not answer in 10 is told of in the log.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} An option has a value that it cannot have.
 * @see S11/basic/utilities/ping
 * @example
 * const mcp = new FleetMCP("Live", { middleware: [ping({ intervalMs: 15_000, failures: 3 })] })
 */
export function ping(options: PingOptions = {}): Middleware {
  assertOptions("`ping()`", options, known)
  return defineMiddleware({
    name: "ping",
    attach(server) {
      const rounds = new Rounds(options, server)
      server.onClose(() => rounds.close())
      return {
        async request(call, next) {
          const { session } = call.exchange
          if (session === undefined) return next()
          if (call.method !== "initialize") {
            rounds.add(session)
            return next()
          }
          const outcome = await next()
          // Refused, there will be no session.
          if (outcome.kind === "complete") rounds.add(session)
          return outcome
        },
      }
    },
  })
}

interface Asked {
  readonly session: ExchangeSession
  readonly forget: () => void
  misses: number
  isWaiting: boolean
}

/** The sessions of one server that are asked: those that have a stream here. */
class Rounds {
  readonly #options: PingOptions
  readonly #server: MiddlewareServer
  readonly #asked: Map<string, Asked> = new Map()
  #stop: (() => void) | undefined
  #isClosed = false

  constructor(options: PingOptions, server: MiddlewareServer) {
    this.#options = options
    this.#server = server
  }

  add(session: ExchangeSession): void {
    if (this.#isClosed || this.#asked.has(session.id)) return
    const forget = session.onEnd(() => this.#remove(session.id))
    this.#asked.set(session.id, { session, forget, misses: 0, isWaiting: false })
    const { every = quietInterval, intervalMs = 30_000 } = this.#options
    this.#stop ??= every(() => this.#round(), intervalMs)
  }

  close(): void {
    this.#isClosed = true
    for (const id of [...this.#asked.keys()]) this.#remove(id)
  }

  #remove(id: string): void {
    this.#asked.get(id)?.forget()
    this.#asked.delete(id)
    if (this.#asked.size > 0) return
    this.#stop?.()
    this.#stop = undefined
  }

  #round(): void {
    for (const asked of this.#asked.values()) {
      if (!asked.isWaiting)
        attempt(
          () => this.#ask(asked),
          (error) => this.#failed(error),
        )
    }
  }

  async #ask(asked: Asked): Promise<void> {
    const { session } = asked
    asked.isWaiting = true
    try {
      const isThere = await session.ping(this.#options.timeoutMs ?? 10_000)
      if (this.#asked.get(session.id) !== asked) return
      // Nothing to ask it by: its next request brings it back, and a session that is over never comes.
      if (isThere === undefined) this.#remove(session.id)
      else if (isThere) asked.misses = 0
      else await this.#missed(asked)
    } finally {
      asked.isWaiting = false
    }
  }

  async #missed(asked: Asked): Promise<void> {
    const { onDead, failures = Number.POSITIVE_INFINITY } = this.#options
    const { session } = asked
    const misses = ++asked.misses
    if (onDead !== undefined)
      attempt(
        () => onDead({ id: session.id, misses }),
        (error) => this.#failed(error),
      )
    else if (misses === 1)
      this.#server.log({ level: "warning", message: "The client of a session does not answer pings" })
    if (misses < failures) return
    this.#remove(session.id)
    await session.end()
  }

  #failed(error: unknown): void {
    this.#server.log({ level: "error", message: "Error in `ping()`", error })
  }
}
