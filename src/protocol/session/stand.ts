import { andThen, attempt } from "../../shared/maybe-promise.ts"
import { quietTimeout } from "../../shared/quiet-timer.ts"
import { atExpiry } from "../at-expiry.ts"
import type { Channel, Reply } from "../transport.ts"
import type { LiveSession } from "./live-session.ts"
import { newStreamId } from "./session.ts"
import type { SessionStream } from "./stream.ts"

/** The stream of a session for what belongs to no request. */
export interface Standing {
  readonly channel: Channel
  readonly stream: SessionStream
  /** Whether its client can come back for what it missed. */
  readonly isResumable: boolean
  readonly live: LiveSession
  /** Hears what belongs to no request until what it returns is called. */
  readonly listen: (send: (json: string) => void) => () => void
  /** Tells others that the stream is read here now, and gives what the client missed of it. */
  readonly take: (by: string) => Promise<readonly string[]>
  /** Calls `end` when the server closes, until what it returns is called. */
  readonly onClose: (end: () => void) => () => void
  readonly onError: (error: unknown) => void
}

/** For how long what belongs to no request is kept for a client whose stream was lost, in milliseconds. */
const graceMs = 60_000

/**
 * Serves the stream for what belongs to no request, of which a session has one.
 *
 * @see S11/basic/transports#listening-for-messages-from-the-server
 */
export function stand(standing: Standing): Promise<Reply> {
  const { channel, stream, live, take, onError } = standing
  return new Promise((resolve) => {
    /** What is said while what was missed is looked up. */
    let early: string[] | undefined = []
    let stopGrace: (() => void) | undefined
    const by = newStreamId(true)
    const over = () => {
      for (const stop of stops.splice(0)) stop()
      stopGrace?.()
      resolve(andThen(stream.end(undefined), () => done))
    }
    const stops = [
      standing.listen((json) => (early === undefined ? stream.send(json) : void early.push(json))),
      live.onEnd(() => {
        stream.forget()
        over()
      }),
      live.claim({ stream: undefined, by, end: over }),
      standing.onClose(over),
      atExpiry(channel.principal, over),
    ]
    stream.open()
    channel.onDisconnect({ abort: lost })
    attempt(async () => {
      let missed: readonly string[] = []
      try {
        missed = await take(by)
      } finally {
        const all = [...missed, ...(early ?? [])]
        early = undefined
        for (const json of all) stream.send(json)
      }
    }, onError)

    /** Somebody may come back for what is said meanwhile. */
    function lost(): void {
      if (stops.length === 0 || stopGrace !== undefined) return
      if (!standing.isResumable) {
        over()
        return
      }
      stream.detach()
      resolve(done)
      stopGrace = quietTimeout(over, graceMs)
    }
  })
}

const done: Reply = { status: 200, body: undefined }
