import { sseComment } from "../shared/sse.ts"
import type { Beating, KeepAlive } from "./keep-alive.ts"

/** The most that may wait for a slow reader before it is cut off. */
const maxBuffered = 8 * 1024 * 1024

/** How much of one turn is held back to go out together. */
const maxPending = 64 * 1024

/** Where the text of an event stream goes. */
export interface StreamSink {
  /** How much waits for the reader. */
  readonly buffered: number
  write(text: string): void
  /** Writes the last of it. */
  end(text: string): void
  /** Gives the reader up. */
  cut(): void
  /** Says, asked with every beat, whether the reader has taken nothing for too long; where nothing else watches. */
  isStalled?(): boolean
  /** Resolves when the reader has caught up; `undefined` if it keeps up. */
  drained(): Promise<void> | undefined
}

/**
 * Writes messages as server-sent events: those of one turn together, comments while there are none.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventStream implements Beating {
  readonly #sink: StreamSink
  readonly #keepAlive: KeepAlive
  #pending: string
  #isQuiet: boolean
  #isOver: boolean

  constructor(sink: StreamSink, keepAlive: KeepAlive) {
    this.#sink = sink
    this.#keepAlive = keepAlive
    this.#pending = ""
    this.#isQuiet = true
    this.#isOver = false
    keepAlive.add(this)
  }

  /** Sends an event, with all that belongs to it. */
  write(event: string): void {
    if (this.#isOver) return
    if (this.#pending === "") queueMicrotask(() => this.#flush())
    this.#pending += event
    if (this.#pending.length > maxPending) this.#flush()
  }

  send(json: string, eventId?: string): void {
    this.write(eventId === undefined ? toEvent(json) : `id: ${eventId}\n${toEvent(json)}`)
  }

  /**
   * Sends an event that says nothing but its id: from here on the client can come back.
   *
   * @see S11/basic/transports#sending-messages-to-the-server
   */
  prime(eventId: string): void {
    this.write(`id: ${eventId}\ndata: \n\n`)
  }

  /** Sends nothing but a comment: some write the head of an answer only with the first of its body. */
  greet(): void {
    this.write(sseComment("open"))
  }

  /** Ends the stream without an answer, and says in how many milliseconds to come back for it. */
  leave(retryMs: number | undefined): void {
    if (this.#isOver) return
    const last = retryMs === undefined ? this.#pending : `${this.#pending}retry: ${retryMs}\n\n`
    this.#over()
    this.#sink.end(last)
  }

  drained(): Promise<void> | undefined {
    this.#flush()
    return this.#isOver ? undefined : this.#sink.drained()
  }

  end(json: string | undefined): void {
    if (this.#isOver) return
    const last = json === undefined ? this.#pending : this.#pending + toEvent(json)
    this.#over()
    this.#sink.end(last)
  }

  /** Gives the reader up, or notes that it went away. */
  cut(): void {
    if (this.#isOver) return
    this.#over()
    this.#sink.cut()
  }

  beat(): void {
    // What waits already keeps the connection busy, and a reader that takes nothing would only be given more.
    if (this.#isQuiet && this.#sink.buffered === 0) this.#sink.write(sseComment("keep-alive"))
    this.#isQuiet = true
    if (this.#sink.isStalled?.() === true) this.cut()
  }

  #over(): void {
    this.#isOver = true
    this.#pending = ""
    this.#keepAlive.delete(this)
  }

  #flush(): void {
    if (this.#pending === "" || this.#isOver) return
    const text = this.#pending
    this.#pending = ""
    this.#isQuiet = false
    this.#sink.write(text)
    // A peer that does not read must not fill our memory; a cut stream is a lost request, which it may repeat.
    if (this.#sink.buffered > maxBuffered) this.cut()
  }
}

/** Named although that is the default, as some clients look for it. JSON has no line breaks that would need more. */
function toEvent(json: string): string {
  return `event: message\ndata: ${json}\n\n`
}
