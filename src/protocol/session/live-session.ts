import { attempt } from "../../shared/maybe-promise.ts"
import type { Params, RequestId } from "../jsonrpc.ts"
import type { Abortable } from "../transport.ts"
import type { SessionLink, SessionSignal, StreamEvent } from "./session.ts"
import type { SessionStream } from "./stream.ts"

/** Hears the events of a stream that the client has come back for. */
export type EventListener = (event: StreamEvent) => void

/** What of one session is under way in this process: its calls, questions and streams. Nothing, for most. */
export class LiveSession {
  readonly id: string
  readonly #unsubscribe: () => void
  readonly #onIdle: () => void
  readonly #calls: Map<RequestId, Abortable> = new Map()
  readonly #asked: Map<unknown, (response: Params) => void> = new Map()
  readonly #streams: Set<SessionStream> = new Set()
  readonly #resumed: Set<EventListener> = new Set()
  /** Ends the stream for what belongs to no request. */
  #standing: (() => void) | undefined
  readonly #onEnd: Set<() => void> = new Set()

  /** @param onIdle Called when nothing of it is under way any more. */
  constructor(id: string, link: SessionLink, onIdle: () => void) {
    this.id = id
    this.#onIdle = onIdle
    this.#unsubscribe = link.subscribe(id, (signal) => this.#hear(signal))
  }

  /** Notes a call that runs, so that it can be cancelled, and its stream taken; what is returned ends that. */
  enter(requestId: RequestId, call: Abortable, stream: SessionStream): () => void {
    this.#calls.set(requestId, call)
    this.#streams.add(stream)
    return () => {
      if (this.#calls.get(requestId) === call) this.#calls.delete(requestId)
      this.#streams.delete(stream)
      this.#rest()
    }
  }

  /** Notes the stream for what belongs to no request, of which a session has one; what is returned ends that. */
  stand(end: () => void): () => void {
    const before = this.#standing
    this.#standing = end
    before?.()
    return () => {
      if (this.#standing === end) this.#standing = undefined
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
  resume(hear: EventListener): () => void {
    this.#resumed.add(hear)
    return () => {
      this.#resumed.delete(hear)
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
        this.#calls.get(signal.requestId)?.abort("cancel")
        break
      case "event":
        for (const hear of this.#resumed) hear(signal.event)
        break
      case "taken":
        this.#leave(signal.stream)
        break
      case "end":
        for (const call of this.#calls.values()) call.abort("cancel")
        for (const run of this.#onEnd) run()
        this.#standing?.()
    }
  }

  /** Lets go of a connection whose client has come back on another. */
  #leave(stream: string | undefined): void {
    if (stream === undefined) this.#standing?.()
    else for (const each of this.#streams) if (each.id === stream) each.detach()
  }

  #rest(): void {
    const { size } = this.#calls
    if (this.#standing !== undefined || size + this.#asked.size + this.#resumed.size + this.#onEnd.size > 0)
      return
    this.#unsubscribe()
    this.#onIdle()
  }
}

/** The sessions of which something is under way in this process. */
export class LiveSessions {
  readonly #link: SessionLink
  readonly #onError: (error: unknown) => void
  readonly #sessions: Map<string, LiveSession> = new Map()

  constructor(link: SessionLink, onError: (error: unknown) => void) {
    this.#link = link
    this.#onError = onError
  }

  get(id: string): LiveSession {
    const known = this.#sessions.get(id)
    if (known !== undefined) return known
    const session = new LiveSession(id, this.#link, () => {
      if (this.#sessions.get(id) === session) this.#sessions.delete(id)
    })
    this.#sessions.set(id, session)
    return session
  }

  [Symbol.iterator](): IterableIterator<LiveSession> {
    return this.#sessions.values()
  }

  /** Tells all who serve a session, here and elsewhere. */
  tell(id: string, signal: SessionSignal): void {
    attempt(() => this.#link.send(id, signal), this.#onError)
  }
}
