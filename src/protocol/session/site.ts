import type { MaybePromise } from "../../shared/maybe-promise.ts"
import { quietTimeout } from "../../shared/quiet-timer.ts"
import type { Channel, Reply } from "../transport.ts"
import { Audience } from "./audience.ts"
import type { Change } from "./change.ts"
import { sessionCodec } from "./codec.ts"
import { LiveSessions } from "./live-session.ts"
import { readOn } from "./read-on.ts"
import { isStandalone, type SessionData, type SessionLink, type Sessions } from "./session.ts"
import { stand } from "./stand.ts"
import { SessionStream } from "./stream.ts"

/** How many pages a session remembers that it was asked to have visited. */
const maxElicitations = 100

/** A session, and where it lives. */
export interface OpenSession {
  readonly data: SessionData
  readonly site: SessionSite
}

/** What a site needs of the engine. */
export interface SiteHost {
  /** Listens for changes until what it returns is called. */
  readonly onChange: (hear: (change: Change) => void) => () => void
  /** Calls `end` when the server closes, until what it returns is called. */
  readonly onClose: (end: () => void) => () => void
  readonly onError: (error: unknown) => void
}

/** The sessions of one place, as far as this process serves them. */
export class SessionSite {
  readonly link: SessionLink
  readonly live: LiveSessions
  readonly #sessions: Sessions
  readonly #host: SiteHost
  readonly #audience: Audience
  /** Tells our requests from those of others that serve the same session. */
  readonly #name: string = crypto.randomUUID().slice(0, 8)
  /** Sessions whose `initialize` is being answered: not kept yet, and not over either. */
  readonly #opening: Set<string> = new Set()
  #count = 0

  constructor(sessions: Sessions, host: SiteHost) {
    this.link = sessions.link
    this.#sessions = sessions
    this.#host = host
    this.live = new LiveSessions(sessions, host.onError)
    this.#audience = new Audience(sessions.store, host)
  }

  /** An id for a request of ours. */
  newId(): string {
    return `${this.#name}-${++this.#count}`
  }

  /** Answers the request that opens a session. Unless that begins it, it is over for whoever waits for its end. */
  async open<R>(id: string, answer: () => MaybePromise<R>): Promise<R> {
    this.#opening.add(id)
    try {
      return await answer()
    } finally {
      if (this.#opening.delete(id)) await this.#tellEnd(id)
    }
  }

  /** Keeps a new session. A connection of its own hears what belongs to no request from now on. */
  async begin(session: SessionData, channel: Channel): Promise<void> {
    await this.#sessions.store.create(session)
    this.#opening.delete(session.id)
    const { connection } = channel
    if (connection === undefined) return
    const before = connection.sessionId
    connection.sessionId = session.id
    if (before !== undefined) await this.end(before)
    const stop = this.#audience.add(session.id, {
      principal: channel.principal,
      send: (json) => connection.send(json),
    })
    this.live.get(session.id).onEnd(stop)
  }

  /** Keeps what `change` makes of a session, and gives it; nothing where the session is over. */
  async update(id: string, change: (session: SessionData) => SessionData): Promise<SessionData | undefined> {
    return this.#sessions.store.update(id, change)
  }

  /** Remembers which pages a session is asked to have visited: nobody else is told that one of them is done. */
  async noteElicitations(id: string, elicitations: readonly string[]): Promise<void> {
    await this.update(id, (session) => {
      // The last ones first: those of before make room.
      const all = new Set([...elicitations, ...(session.elicitations ?? [])])
      return { ...session, elicitations: [...all].slice(0, maxElicitations) }
    })
  }

  /** Calls `run` once when a session is over, which does not keep the session; until what is returned is called. */
  onEnd(id: string, run: () => void): () => void {
    let isOver = false
    const stop = () => {
      isOver = true
      unsubscribe()
    }
    const end = () => {
      if (isOver) return
      stop()
      run()
    }
    const unsubscribe = this.link.subscribe(id, ({ kind }) => {
      if (kind === "end") end()
    })
    // It may have ended since the request was read that asks: nobody would say so again.
    this.#isOver(id).then((isOver) => isOver && end(), this.#host.onError)
    return stop
  }

  async #isOver(id: string): Promise<boolean> {
    return !this.#opening.has(id) && (await this.#sessions.store.get(id)) === undefined
  }

  /**
   * Asks the client of a session whether it is there: an error is an answer too.
   *
   * @see S11/basic/utilities/ping
   */
  ping(session: string, timeoutMs: number): Promise<boolean | undefined> {
    const id = this.newId()
    const json = JSON.stringify({ jsonrpc: "2.0", id, method: "ping" })
    if (!this.#audience.has(session)) return Promise.resolve(undefined)
    const live = this.live.get(session)
    return new Promise((resolve) => {
      const settle = (isThere: boolean | undefined) => {
        for (const stop of stops) stop()
        resolve(isThere)
      }
      const stops = [
        live.await(id, () => settle(true)),
        live.onEnd(() => settle(undefined)),
        quietTimeout(() => settle(false), timeoutMs),
      ]
      this.#audience.send(session, json)
    })
  }

  /** Ends a session, wherever something of it runs. */
  async end(id: string): Promise<void> {
    await this.#sessions.store.delete(id)
    await this.#tellEnd(id)
  }

  async #tellEnd(id: string): Promise<void> {
    await this.link.send(id, { kind: "end" })
    await this.link.forget(id)
  }

  /** Serves the stream for what belongs to no request, or what is left of one that was lost. */
  async listen(session: SessionData, channel: Channel): Promise<Reply> {
    const last = channel.headers?.get("last-event-id")
    const isKnown = last !== undefined && (await this.link.since(session.id, last)) !== undefined
    // What is not known, or not any more, cannot be read on; what comes from now on can be heard.
    if (!isKnown) return this.#stand(session, channel, undefined)
    if (isStandalone(last)) return this.#stand(session, channel, last)
    return readOn({
      session: session.id,
      channel,
      last,
      link: this.link,
      live: this.live.get(session.id),
      onClose: this.#host.onClose,
      onError: this.#host.onError,
    })
  }

  /** Serves what belongs to no request, after what was missed of it. */
  #stand({ id, revision }: SessionData, channel: Channel, last: string | undefined): Promise<Reply> {
    const { resumable, ssePolling } = sessionCodec(revision).features
    const stream = new SessionStream({
      session: id,
      channel,
      link: resumable ? this.link : undefined,
      primes: ssePolling,
      isStandalone: true,
      onError: this.#host.onError,
    })
    return stand({
      channel,
      stream,
      isResumable: resumable,
      live: this.live.get(id),
      listen: (send) => this.#audience.add(id, { principal: channel.principal, send }),
      onClose: this.#host.onClose,
      onError: this.#host.onError,
      take: (by) => this.#take(id, by, last),
    })
  }

  /** Tells that the stream for what belongs to no request is ours, and gives what was missed of it. */
  async #take(session: string, by: string, last: string | undefined): Promise<readonly string[]> {
    await this.link.send(session, { kind: "taken", stream: undefined, by })
    if (last === undefined) return []
    const events = (await this.link.since(session, last)) ?? []
    return events.flatMap(({ id, json }) => (json === undefined || id === last ? [] : [json]))
  }
}
