import type { Principal } from "../protocol/principal.ts"
import type { Sessions } from "../protocol/session/session.ts"
import type { Abortable, Channel, HeaderBag } from "../protocol/transport.ts"
import { EventStream, type StreamSink } from "./event-stream.ts"
import type { KeepAlive } from "./keep-alive.ts"
import type { Load } from "./load.ts"

/** Carries one POST: answered by one JSON body unless something is sent ahead of it. */
export abstract class HttpChannel implements Channel {
  principal: Principal | undefined
  #stream: EventStream | undefined
  #call: Abortable | undefined
  #load: Load | undefined

  constructor() {
    this.principal = undefined
    this.#stream = undefined
    this.#call = undefined
    this.#load = undefined
  }

  /** Takes a place among the requests under way. */
  enter(load: Load): void {
    load.open++
    this.#load = load
  }

  /** Gives the place back, if it has one still. */
  leave(): void {
    if (this.#load === undefined) return
    this.#load.open--
    this.#load = undefined
  }

  /** Keeps the place beyond the answer, until what is returned is called. */
  hold(): () => void {
    const load = this.#load
    this.#load = undefined
    return () => {
      if (load !== undefined) load.open--
    }
  }

  abstract get headers(): HeaderBag

  /** The URL of the request as its client wrote it. */
  abstract get externalUrl(): URL

  abstract get sessions(): Sessions | "memory" | undefined

  get transport(): string {
    return "http"
  }

  get committed(): boolean {
    return this.#stream !== undefined
  }

  get sessionId(): string | undefined {
    return this.headers.get("mcp-session-id")
  }

  send(json: string, eventId?: string): void {
    this.#opened().send(json, eventId)
  }

  open(eventId?: string): void {
    const stream = this.#opened()
    if (eventId === undefined) stream.greet()
    else stream.prime(eventId)
  }

  close(retryMs?: number): void {
    this.#stream?.leave(retryMs)
  }

  /** Sends an event that is no message. */
  write(event: string): void {
    this.#opened().write(event)
  }

  drained(): Promise<void> | undefined {
    return this.#stream?.drained()
  }

  onDisconnect(call: Abortable): void {
    this.#call = call
    this.watch()
  }

  /** Ends the stream with the answer. */
  endStream(json: string | undefined): void {
    this.#stream?.end(json)
  }

  /** Gives the stream up, where no answer can end it. */
  cut(): void {
    this.#stream?.cut()
  }

  protected abstract get keepAlive(): KeepAlive

  /** Answers with an event stream from now on. */
  protected abstract openSink(): StreamSink

  /** Calls `disconnected` when the client goes away, now if it has. */
  protected abstract watch(): void

  #opened(): EventStream {
    this.#stream ??= new EventStream(this.openSink(), this.keepAlive)
    return this.#stream
  }

  protected disconnected(): void {
    // Ended, not cut: hosts that speak `fetch` log a body that fails, and nobody is there to be told.
    this.#stream?.leave(undefined)
    this.#call?.abort("disconnect")
  }
}

/** The head of every event stream. */
export const streamHeaders = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  // nginx would hold events back.
  "x-accel-buffering": "no",
} as const
