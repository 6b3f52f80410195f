import { atExpiry } from "../at-expiry.ts"
import type { Channel, Reply } from "../transport.ts"
import type { LiveSession } from "./live-session.ts"
import { newStreamId, placeOf, type SessionLink, type StreamEvent, streamOf } from "./session.ts"

/** A stream that its client has come back for. */
export interface Reading {
  readonly session: string
  readonly channel: Channel
  /** The last event that the client has. */
  readonly last: string
  readonly link: SessionLink
  readonly live: LiveSession
  /** Calls `end` when the server closes, until what it returns is called. */
  readonly onClose: (end: () => void) => () => void
  readonly onError: (error: unknown) => void
}

/**
 * Sends what a client missed of a stream, and then what is still said on it, to its end.
 *
 * @see S11/basic/transports#resumability-and-redelivery
 */
export function readOn(reading: Reading): Promise<Reply> {
  return new Promise((resolve) => new Reader(reading, resolve).start())
}

class Reader {
  readonly #reading: Reading
  readonly #settle: (reply: Reply) => void
  readonly #stream: string
  /** The place of the last event that the client has. */
  #sent: number
  /** What is said while what was missed is looked up. */
  #early: StreamEvent[] | undefined
  /** Whether more was kept since that was looked up. */
  #isBehind = false
  #stops: readonly (() => void)[] = []

  constructor(reading: Reading, settle: (reply: Reply) => void) {
    this.#reading = reading
    this.#settle = settle
    this.#stream = streamOf(reading.last)
    this.#sent = placeOf(reading.last)
  }

  start(): void {
    const { channel, live, link, session, onClose } = this.#reading
    const by = newStreamId(false)
    const over = () => this.#over()
    this.#stops = [
      live.resume({
        stream: this.#stream,
        hear: (event) => this.#hear(event),
        catchUp: () => this.#behind(),
      }),
      live.claim({ stream: this.#stream, by, end: over }),
      live.onEnd(over),
      onClose(over),
      atExpiry(channel.principal, over),
    ]
    channel.open?.()
    channel.onDisconnect({ abort: over })
    // Only then: what is said on the old connection until it is let go of is kept before we look.
    this.#early = []
    this.#try(async () => {
      await link.send(session, { kind: "taken", stream: this.#stream, by })
      await this.#catchUp()
    })
  }

  #hear(event: StreamEvent): void {
    if (this.#early !== undefined) this.#early.push(event)
    else if (placeOf(event.id) <= this.#sent + 1) this.#send(event)
    else {
      // What is between was said on the old connection.
      this.#early = [event]
      this.#try(() => this.#catchUp())
    }
  }

  #behind(): void {
    this.#isBehind = true
    if (this.#early !== undefined) return
    this.#early = []
    this.#try(() => this.#catchUp())
  }

  async #catchUp(): Promise<void> {
    const { link, session } = this.#reading
    do {
      this.#isBehind = false
      const missed = (await link.since(session, `${this.#stream}-${this.#sent}`)) ?? []
      const events = [...missed, ...(this.#early ?? [])].sort((a, b) => placeOf(a.id) - placeOf(b.id))
      this.#early = []
      for (const event of events) this.#send(event)
    } while (this.#isBehind)
    this.#early = undefined
  }

  #send(event: StreamEvent): void {
    const place = placeOf(event.id)
    if (place > this.#sent) {
      this.#sent = place
      if (event.json !== undefined) this.#reading.channel.send(event.json, event.id)
    }
    if (event.isLast) this.#over()
  }

  #over(): void {
    for (const stop of this.#stops) stop()
    this.#stops = []
    this.#settle({ status: 200, body: undefined })
  }

  #try(run: () => Promise<void>): void {
    run().catch((error) => {
      this.#reading.onError(error)
      // The client may come back once more.
      this.#over()
    })
  }
}
