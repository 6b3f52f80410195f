import { InvalidRequest } from "../../errors/protocol.ts"
import { ServerClosed } from "../../errors/server.ts"
import { SessionRequired, UnknownSession } from "../../errors/session.ts"
import { andThen, type MaybePromise } from "../../shared/maybe-promise.ts"
import { statusOfError } from "../../spec/error-status.ts"
import type { SessionRevision } from "../../spec/revisions.ts"
import { errorToJson } from "../codec.ts"
import { toFailure, unexpected } from "../dispatcher.ts"
import { claimedVersion, eraOf } from "../era.ts"
import {
  isObject,
  isRequestId,
  type NotificationMessage,
  type Params,
  type RequestId,
  type RequestMessage,
  toIncoming,
} from "../jsonrpc.ts"
import { noSessions } from "../no-sessions.ts"
import { principalKey } from "../principal.ts"
import type { Abortable, Channel, Reply } from "../transport.ts"
import { BatchChannel } from "./batch-channel.ts"
import { type SessionCodec, sessionCodec } from "./codec.ts"
import { checkVersionHeader, newSession, spokenWithout } from "./handshake.ts"
import { memorySessions } from "./memory-sessions.ts"
import { negotiate } from "./methods.ts"
import { type CallHost, SessionRun } from "./run.ts"
import type { Sessions } from "./session.ts"
import { type OpenSession, SessionSite, type SiteHost } from "./site.ts"

/** What the session era needs of the engine it serves. */
export interface SessionHost extends CallHost, Pick<SiteHost, "onChange" | "onClose"> {
  /** Passes a notification of a client on. */
  readonly notify: (message: NotificationMessage, channel: Channel) => Promise<unknown>
}

/** The most messages one array may hold. */
const maxBatch = 100

/**
 * Serves messages of the revisions with sessions.
 *
 * @see S11/basic/lifecycle, S11/basic/transports
 */
export class SessionServer {
  readonly #host: SessionHost
  readonly #sites: WeakMap<Sessions, SessionSite> = new WeakMap()
  /** Those of `#sites`, for counting: a transport that is gone must not be kept by it. */
  readonly #places: Set<WeakRef<Sessions>> = new Set()
  #memory: Sessions | undefined

  constructor(host: SessionHost) {
    this.#host = host
  }

  /** How many sessions there are, as far as their stores can say. */
  get size(): number {
    let size = 0
    for (const place of this.#places) size += place.deref()?.store.size ?? 0
    return size
  }

  request(message: RequestMessage, channel: Channel): MaybePromise<Reply> {
    const { id, method } = message
    if (method === "initialize") return this.#guarded(id, () => this.#open(message, channel))
    return this.#guarded(id, () =>
      andThen(this.#find(method, channel), (session) => this.#run(message, channel, session).reply()),
    )
  }

  notification(message: NotificationMessage, channel: Channel): MaybePromise<Reply> {
    const { method, params } = message
    return this.#guarded(undefined, () =>
      andThen(this.#find(method, channel), async (session) => {
        const requestId = params?.requestId
        if (method === "notifications/cancelled" && session !== undefined && isRequestId(requestId))
          session.site.live.tell(session.data.id, { kind: "cancel", requestId })
        await this.#host.notify(message, channel)
        return accepted
      }),
    )
  }

  /** Takes the answer to what we asked. */
  response(message: Params, channel: Channel): MaybePromise<Reply> {
    return this.#guarded(undefined, () =>
      andThen(this.#find("a response", channel), (session) => {
        if (session === undefined) throw new InvalidRequest("A response was sent, but nothing was asked.")
        session.site.live.tell(session.data.id, { kind: "response", message })
        return accepted
      }),
    )
  }

  /** @see S03/basic/index#batching */
  batch(items: readonly unknown[], channel: Channel): MaybePromise<Reply> {
    return this.#guarded(undefined, () => {
      if (isOfOtherEra(items, channel)) throw noArrays()
      return andThen(this.#find("an array", channel), (session) => {
        if (!this.#codecOf(session, channel).features.batches) throw noArrays()
        if (items.length === 0 || items.length > maxBatch)
          throw new InvalidRequest(`An array of ${items.length} messages was sent; send 1 to ${maxBatch}.`)
        return this.#each(items, channel)
      })
    })
  }

  /** Opens the stream for what belongs to no request, or reads on in one that was lost. */
  listen(channel: Channel): MaybePromise<Reply> {
    return this.#guarded(undefined, () =>
      andThen(this.#find("GET", channel), (session) => {
        if (this.#host.running.isClosed) throw new ServerClosed()
        return session?.site.listen(session.data, channel) ?? noSessions
      }),
    )
  }

  /** Ends the session that a client is done with. */
  end(channel: Channel): MaybePromise<Reply> {
    return this.#guarded(undefined, () =>
      andThen(this.#find("DELETE", channel), async (session) => {
        if (session === undefined) return noSessions
        await session.site.end(session.data.id)
        return { status: 204, body: undefined }
      }),
    )
  }

  #guarded(id: RequestId | undefined, run: () => MaybePromise<Reply>): MaybePromise<Reply> {
    try {
      const reply = run()
      return reply instanceof Promise ? reply.catch((error) => this.#refuse(id, error)) : reply
    } catch (error) {
      return this.#refuse(id, error)
    }
  }

  #refuse(id: RequestId | undefined, error: unknown): Reply {
    const failure = toFailure(error) ?? unexpected(this.#host.onError(error, "a session"), error)
    const { error: body, http } = failure
    return {
      status: http?.status ?? statusOfError(body.code),
      body: errorToJson(id, body),
      headers: http?.headers,
    }
  }

  /** The session that a channel names; nothing where it is served without. */
  #find(what: string, channel: Channel): MaybePromise<OpenSession | undefined> {
    checkVersionHeader(channel.headers)
    const { sessionId, connection, principal } = channel
    const sessions = this.#sessionsOf(channel)
    if (sessions === undefined) return undefined
    if (sessionId === undefined)
      throw new SessionRequired(what, connection === undefined ? "header" : "connection")
    return andThen(sessions.store.get(sessionId), (data) => {
      // Whose it is not must not learn that it exists.
      if (data === undefined || data.owner !== principalKey(principal)) throw new UnknownSession()
      return { data, site: this.#siteOf(sessions) }
    })
  }

  #sessionsOf({ sessions }: Channel): Sessions | undefined {
    if (sessions !== "memory") return sessions
    this.#memory ??= memorySessions()
    return this.#memory
  }

  #siteOf(sessions: Sessions): SessionSite {
    const known = this.#sites.get(sessions)
    if (known !== undefined) return known
    const { onChange, onClose, onError } = this.#host
    const site = new SessionSite(sessions, {
      onChange,
      onClose,
      onError: (error) => void onError(error, "a session"),
    })
    this.#sites.set(sessions, site)
    for (const place of this.#places) if (place.deref() === undefined) this.#places.delete(place)
    this.#places.add(new WeakRef(sessions))
    return site
  }

  #codecOf(session: OpenSession | undefined, { headers }: Channel): SessionCodec {
    return sessionCodec(session?.data.revision ?? spokenWithout(headers))
  }

  #run(message: RequestMessage, channel: Channel, session: OpenSession | undefined): SessionRun {
    return new SessionRun(this.#host, { message, channel, session, codec: this.#codecOf(session, channel) })
  }

  #open(message: RequestMessage, channel: Channel): MaybePromise<Reply> {
    const { params = {} } = message
    const codec = sessionCodec(negotiate(params.protocolVersion))
    const session = this.#sessionFor(codec.revision, params, channel)
    const run = new SessionRun(this.#host, { message, channel, session, codec })
    if (session === undefined) return run.reply()
    const { site, data } = session
    return site.open(data.id, async () => {
      const reply = await run.reply()
      // Refused: there is nothing to remember.
      if (!run.isComplete) return reply
      await site.begin(data, channel)
      return { ...reply, headers: { ...reply.headers, "mcp-session-id": data.id } }
    })
  }

  #sessionFor(revision: SessionRevision, params: Params, channel: Channel): OpenSession | undefined {
    const sessions = this.#sessionsOf(channel)
    if (sessions === undefined) return undefined
    return { data: newSession(revision, params, channel.principal), site: this.#siteOf(sessions) }
  }

  async #each(items: readonly unknown[], channel: Channel): Promise<Reply> {
    const calls = new Set<Abortable>()
    const replies = await Promise.all(items.map((item) => this.#one(item, new BatchChannel(channel, calls))))
    const bodies = replies.map(({ body }) => body).filter((body) => body !== undefined)
    if (channel.committed) {
      for (const body of bodies) channel.send(body)
      return { status: 200, body: undefined }
    }
    return bodies.length === 0 ? accepted : { status: 200, body: `[${bodies.join(",")}]` }
  }

  #one(item: unknown, channel: Channel): MaybePromise<Reply> {
    const incoming = toIncoming(item)
    switch (incoming.kind) {
      case "request":
        if (incoming.message.method !== "initialize") return this.request(incoming.message, channel)
        // S03/basic/lifecycle#initialization
        return this.#refuse(incoming.message.id, new InvalidRequest("`initialize` must stand alone."))
      case "notification":
        return this.notification(incoming.message, channel)
      case "response":
        // `toIncoming` says that it is an object.
        return this.response(item as Params, channel)
      case "batch":
        return this.#refuse(undefined, new InvalidRequest("An array stands within an array of messages."))
      case "invalid":
        return this.#refuse(incoming.id, new InvalidRequest(incoming.reason))
    }
  }
}

/** Whether messages of an array, or the request that carries it, claim to be of the era that has no arrays. */
function isOfOtherEra(items: readonly unknown[], { headers }: Channel): boolean {
  if (eraOf(undefined, headers?.get("mcp-protocol-version")) === "stateless") return true
  return items.some(
    (item) => isObject(item) && isObject(item.params) && claimedVersion(item.params) !== undefined,
  )
}

function noArrays(): InvalidRequest {
  return new InvalidRequest("An array of messages was sent; send one message at a time.")
}

const accepted: Reply = { status: 202, body: undefined }
