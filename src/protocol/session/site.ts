import { attempt } from "../../shared/maybe-promise.ts"
import type { Channel, Reply } from "../transport.ts"
import { Audience } from "./audience.ts"
import type { Change } from "./change.ts"
import { sessionCodec } from "./codec.ts"
import { LiveSessions } from "./live-session.ts"
import { readOn } from "./read-on.ts"
import { isStandalone, type SessionData, type SessionLink, type Sessions, streamOf } from "./session.ts"
import { atExpiry, SessionStream } from "./stream.ts"

/** A session, and where it lives. */
export interface OpenSession {
  readonly data: SessionData
  readonly site: SessionSite
}

/** What a site needs of the engine. */
export interface SiteHost {
  /** Listens for changes until what it returns is called. */
  readonly onChange: (hear: (change: Change) => void) => () => void
  readonly onError: (error: unknown) => void
}

/** The sessions of one place, as far as this process serves them. */
export class SessionSite {
  readonly link: SessionLink
  readonly live: LiveSessions
  readonly #sessions: Sessions
  readonly #host: SiteHost
  readonly #audience: Audience
  /** Tells what is ours from what others do that serve the same session. */
  readonly #name: string = crypto.randomUUID().slice(0, 8)
  #count = 0

  constructor(sessions: Sessions, host: SiteHost) {
    this.link = sessions.link
    this.#sessions = sessions
    this.#host = host
    this.live = new LiveSessions(sessions.link, host.onError)
    this.#audience = new Audience(sessions.store, {
      ...host,
      onGone: (id) => this.live.tell(id, { kind: "end" }),
    })
  }

  /** An id for a request of ours. */
  newId(): string {
    return `${this.#name}-${++this.#count}`
  }

  /** Keeps a new session. A connection of its own hears what belongs to no request from now on. */
  async begin(session: SessionData, channel: Channel): Promise<void> {
    await this.#sessions.store.create(session)
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

  async update(id: string, change: (session: SessionData) => SessionData): Promise<void> {
    await this.#sessions.store.update(id, change)
  }

  /** Ends a session, wherever something of it runs. */
  async end(id: string): Promise<void> {
    await this.#sessions.store.delete(id)
    await this.link.send(id, { kind: "end" })
    await this.link.forget(id)
  }

  /** Serves the stream for what belongs to no request, or what is left of one that was lost. */
  async listen(session: SessionData, channel: Channel): Promise<Reply> {
    const last = channel.headers?.get("last-event-id")
    const missed = last === undefined ? undefined : await this.link.since(session.id, last)
    // What is not known, or not any more, cannot be read on; what comes from now on can be heard.
    if (last === undefined || missed === undefined) return this.#stand(session, channel, undefined)
    if (isStandalone(last)) return this.#stand(session, channel, last)
    this.live.tell(session.id, { kind: "taken", stream: streamOf(last), by: this.#name })
    return readOn({ session: session.id, channel, last, link: this.link, live: this.live.get(session.id) })
  }

  /** Serves what belongs to no request, after what was missed of it. */
  #stand(session: SessionData, channel: Channel, last: string | undefined): Promise<Reply> {
    const { id, revision } = session
    const { features } = sessionCodec(revision)
    this.live.tell(id, { kind: "taken", stream: undefined, by: this.#name })
    const stream = new SessionStream({
      session: id,
      channel,
      link: features.resumable ? this.link : undefined,
      primes: features.ssePolling,
      isStandalone: true,
      onError: this.#host.onError,
    })
    return new Promise((resolve) => {
      const over = () => {
        leave()
        stopExpiry()
        stop()
        stream.end(undefined)
        resolve({ status: 200, body: undefined })
      }
      const leave = this.#audience.add(id, {
        principal: channel.principal,
        send: (json) => stream.send(json),
      })
      const stopExpiry = atExpiry(channel.principal, over)
      const stop = this.live.get(id).stand(over)
      channel.onDisconnect({ abort: () => lost() })
      // Somebody may come back for what is said meanwhile.
      const lost = () => {
        stream.detach()
        resolve({ status: 200, body: undefined })
        const timer: { unref?: () => void } | number = setTimeout(over, graceMs)
        if (typeof timer === "object") timer.unref?.()
      }
      stream.open()
      if (last !== undefined) attempt(() => this.#repeat(id, channel, last), this.#host.onError)
    })
  }

  async #repeat(session: string, channel: Channel, last: string): Promise<void> {
    for (const { id, json } of (await this.link.since(session, last)) ?? []) {
      if (json !== undefined) channel.send(json, id)
    }
  }
}

/** For how long what belongs to no request is kept for a client whose stream was lost, in milliseconds. */
const graceMs = 60_000
