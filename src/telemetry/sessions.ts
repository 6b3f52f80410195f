import type { Call } from "../protocol/call.ts"
import { network } from "./attributes.ts"
import type { Instruments } from "./instruments.ts"

/** The most sessions whose end is waited for. */
const maxSessions = 10_000

/** Measures how long sessions are open: those of revisions that have them. Others have nothing that could be measured. */
export interface Sessions {
  /** Hears of a call, and of when it began: with the first of a session the session began, as far as this server saw it. */
  hear(call: Call, started: number, instruments: Instruments): void
}

export function sessionsOf(server: string, now: () => number): Sessions {
  const open = new Set<string>()
  return {
    hear({ peer, exchange: { session, transport } }, started, instruments) {
      if (session === undefined || open.has(session.id) || open.size >= maxSessions) return
      const { id } = session
      const attributes = {
        "mcp.protocol.version": peer.revision,
        "fleetmcp.server.name": server,
        ...network(transport),
      }
      open.add(id)
      session.onEnd(() => {
        if (open.delete(id)) instruments.session.record((now() - started) / 1000, attributes)
      })
    },
  }
}
