import type { Channel, Reply } from "../transport.ts"
import type { LiveSession } from "./live-session.ts"
import { type SessionLink, type StreamEvent, streamOf } from "./session.ts"
import { atExpiry } from "./stream.ts"

/** A stream that its client has come back for. */
export interface Reading {
  readonly session: string
  readonly channel: Channel
  /** The last event that the client has. */
  readonly last: string
  readonly link: SessionLink
  readonly live: LiveSession
}

/**
 * Sends what a client missed of a stream, and then what is still said on it, to its end.
 *
 * @see S11/basic/transports#resumability-and-redelivery
 */
export async function readOn({ session, channel, last, link, live }: Reading): Promise<Reply> {
  const stream = streamOf(last)
  let sent = placeOf(last)
  /** What is said while what was missed is looked up. */
  let early: StreamEvent[] | undefined = []
  return new Promise((resolve, reject) => {
    const over = () => {
      for (const stop of stops) stop()
      resolve({ status: 200, body: undefined })
    }
    const send = (event: StreamEvent) => {
      const place = placeOf(event.id)
      if (streamOf(event.id) !== stream || place <= sent) return
      sent = place
      if (event.json !== undefined) channel.send(event.json, event.id)
      if (event.isLast) over()
    }
    const stops = [
      live.resume((event) => (early === undefined ? send(event) : early.push(event))),
      live.onEnd(over),
      atExpiry(channel.principal, over),
    ]
    channel.onDisconnect({ abort: over })
    channel.open?.()
    Promise.resolve(link.since(session, last))
      .then((missed = []) => {
        const events = [...missed, ...(early ?? [])]
        early = undefined
        for (const event of events) send(event)
      })
      .catch(reject)
  })
}

function placeOf(eventId: string): number {
  return Number(eventId.slice(eventId.lastIndexOf("-") + 1))
}
