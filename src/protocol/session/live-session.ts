import { attempt } from "../../shared/maybe-promise.ts"
import { quietTimeout } from "../../shared/quiet-timer.ts"
import type { Params, RequestId } from "../jsonrpc.ts"
import type { Abortable } from "../transport.ts"
import { type SessionSignal, type Sessions, type StreamEvent, streamOf } from "./session.ts"
import type { SessionStream } from "./stream.ts"

/** Hears of a stream that the client has come back for. */
export interface StreamListener {
  readonly stream: string
  readonly hear: (event: StreamEvent) => void
  /** Looks up what was kept, since the stream has let its connection go. */
  readonly catchUp: () => void
}

/** A connection that reads a stream for the client. A stream has one, the one that came last. */
export interface Claim {
  /** The stream; none for what belongs to no request. */
  readonly stream: string | undefined
  /** Tells one from all others. */
  readonly by: string
  readonly end: () => void
}

interface RunningCall {
  /** Names it to the client, which should use a name once. */
  readonly requestId: RequestId
  readonly call: Abortable
}

/** How many calls of one session may run on whose clients have left. */
const maxDetached = 16

/** What of one session is under way in this process: its calls, questions and streams. Nothing, for most. */
export class LiveSession {
  readonly id: string
  readonly #unsubscribe: () => void
  readonly #onIdle: (isEnded: boolean) => void
  readonly #calls: Set<RunningCall> = new Set()
  /** Those whose clients have left, in the order in which they did. */
  readonly #detached: Set<Abortable> = new Set()
  readonly #asked: Map<unknown, (response: Params) => void> = new Map()
  readonly #streams: Set<SessionStream> = new Set()
  readonly #resumed: Set<StreamListener> = new Set()
  readonly #claims: Map<string | undefined, { readonly claim: Claim; isTold: boolean }> = new Map()
  readonly #onEnd: Set<() => void> = new Set()
  #isEnded = false
  /** Nothing begins any more then: who asks for the session is given another. */
  #isIdle = false

  /** @param onIdle Called when nothing of it is under way any more, with whether there is no such session any more. */
  constructor(id: string, { link }: Sessions, onIdle: (isEnded: boolean) => void) {
    this.id = id
    this.#onIdle = onIdle
    this.#unsubscribe = link.subscribe(id, (signal) => this.#hear(signal))
  }

  /** Notes a call that runs, so that it can be cancelled, and its stream taken; what is returned ends that. */
  enter(requestId: RequestId, call: Abortable, stream: SessionStream): () => void {
    const running = { requestId, call }
    this.#calls.add(running)
    this.#streams.add(stream)
    return () => {
      this.#calls.delete(running)
      this.#detached.delete(call)
      this.#streams.delete(stream)
      this.#rest()
    }
  }

  /** Notes a call whose client has left and may come back; too many of them, and the one that was left first is ended. */
  detached(call: Abortable): void {
    this.#detached.add(call)
    const [first] = this.#detached
    if (this.#detached.size > maxDetached) first?.abort("disconnect")
  }

  /** Notes who reads a stream, and ends whoever did before; what is returned ends that. */
  claim(claim: Claim): () => void {
    const { stream } = claim
    const before = this.#claims.get(stream)
    const own = { claim, isTold: false }
    this.#claims.set(stream, own)
    before?.claim.end()
    return () => {
      if (this.#claims.get(stream) === own) this.#claims.delete(stream)
      this.#rest()
    }
  }

  /** Waits for the response to a request of ours; what is returned ends that. */
  await(requestId: string, hear: (response: Params) => void): () => void {
    this.#asked.set(requestId, hear)
    return () => {
      this.#asked.delete(requestId)
      this.#rest()
    }
  }

  /** Hears what streams say whose connection was lost; what is returned ends that. */
  resume(listener: StreamListener): () => void {
    this.#resumed.add(listener)
    return () => {
      this.#resumed.delete(listener)
      this.#rest()
    }
  }

  /** Calls `run` when the session is over; what is returned ends that. */
  onEnd(run: () => void): () => void {
    this.#onEnd.add(run)
    return () => {
      this.#onEnd.delete(run)
      this.#rest()
    }
  }

  #hear(signal: SessionSignal): void {
    switch (signal.kind) {
      case "response":
        this.#asked.get(signal.message.id)?.(signal.message)
        break
      case "cancel":
        for (const { requestId, call } of this.#calls)
          if (requestId === signal.requestId) call.abort("cancel")
        break
      case "event": {
        const stream = streamOf(signal.event.id)
        for (const each of this.#resumed) if (each.stream === stream) each.hear(signal.event)
        break
      }
      case "left":
        for (const each of this.#resumed) if (each.stream === signal.stream) each.catchUp()
        break
      case "taken":
        this.#take(signal.stream, signal.by)
        break
      case "end":
        this.#isEnded = true
        for (const stream of this.#streams) stream.forget()
        for (const { call } of this.#calls) call.abort("cancel")
        for (const run of this.#onEnd) run()
        this.#onEnd.clear()
        this.#rest()
    }
  }

  /** Lets go of a connection whose client has come back on another. */
  #take(stream: string | undefined, by: string): void {
    const own = this.#claims.get(stream)
    if (own?.claim.by === by) own.isTold = true
    // One that was told before ours is the older one.
    else if (own?.isTold) own.claim.end()
    if (stream === undefined) return
    for (const each of this.#streams) if (each.id === stream) each.handOver()
  }

  #rest(): void {
    const { size } = this.#calls
    if (size + this.#asked.size + this.#resumed.size + this.#claims.size + this.#onEnd.size > 0) return
    if (this.#isIdle) return
    this.#isIdle = true
    this.#unsubscribe()
    this.#onIdle(this.#isEnded)
  }
}

/** How often sessions of which something is under way are renewed, in milliseconds. */
const renewMs = 60_000

/** The sessions of which something is under way in this process. */
export class LiveSessions {
  readonly #where: Sessions
  readonly #onError: (error: unknown) => void
  readonly #sessions: Map<string, LiveSession> = new Map()
  #stopWatch: (() => void) | undefined

  constructor(where: Sessions, onError: (error: unknown) => void) {
    this.#where = where
    this.#onError = onError
  }

  get(id: string): LiveSession {
    const known = this.#sessions.get(id)
    if (known !== undefined) return known
    const session = new LiveSession(id, this.#where, (isEnded) => {
      if (this.#sessions.get(id) === session) this.#sessions.delete(id)
      // A connection has one session: with that, nothing must be left of it.
      if (isEnded && this.#sessions.size === 0) this.#rest()
    })
    this.#sessions.set(id, session)
    this.#watch()
    return session
  }

  /** Tells all who serve a session, here and elsewhere. */
  tell(id: string, signal: SessionSignal): void {
    attempt(() => this.#where.link.send(id, signal), this.#onError)
  }

  /** Left running between short calls, which would set and clear it each time. */
  #watch(): void {
    this.#stopWatch ??= quietTimeout(() => {
      this.#stopWatch = undefined
      if (this.#sessions.size > 0) this.#watch()
      for (const id of this.#sessions.keys()) this.#renew(id)
    }, renewMs)
  }

  #rest(): void {
    this.#stopWatch?.()
    this.#stopWatch = undefined
  }

  /** Who listens or waits uses the session; one that is gone all the same was ended elsewhere. */
  #renew(id: string): void {
    attempt(async () => {
      if ((await this.#where.store.get(id)) === undefined) this.tell(id, { kind: "end" })
    }, this.#onError)
  }
}
