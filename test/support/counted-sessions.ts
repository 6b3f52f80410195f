import { type MemorySessionOptions, memorySessions } from "../../src/protocol/session/memory-sessions.ts"
import type { Sessions } from "../../src/protocol/session/session.ts"

/** What is held for sessions. */
export interface SessionCounts {
  /** Those that are remembered. */
  readonly stored: number
  /** Those that still serve one. */
  readonly listeners: number
  /** Those of which messages are kept. */
  readonly kept: number
}

/** Sessions in memory, and what is held for them. */
export interface CountedSessions {
  readonly sessions: Sessions
  /** Looks into every session there ever was, which uses those that are left. */
  counts(): Promise<SessionCounts>
}

/** Makes sessions that can be counted. */
export function countedSessions(options: MemorySessionOptions = {}): CountedSessions {
  const { store, link } = memorySessions(options)
  /** The last event of each session, if there was one. */
  const known = new Map<string, string | undefined>()
  let listeners = 0
  const sessions: Sessions = {
    store: {
      create: (session) => {
        known.set(session.id, undefined)
        return store.create(session)
      },
      get: (id) => store.get(id),
      update: (id, change) => store.update(id, change),
      delete: (id) => store.delete(id),
    },
    link: {
      send: (session, signal) => link.send(session, signal),
      subscribe: (session, hear) => {
        listeners++
        const stop = link.subscribe(session, hear)
        let isOver = false
        return () => {
          if (!isOver) listeners--
          isOver = true
          stop()
        }
      },
      keep: (session, event) => {
        known.set(session, event.id)
        return link.keep(session, event)
      },
      since: (session, id) => link.since(session, id),
      forget: (session) => link.forget(session),
    },
  }
  return {
    sessions,
    async counts() {
      let stored = 0
      let kept = 0
      for (const [id, event] of known) {
        const isStored = (await store.get(id)) !== undefined
        const isKept = event !== undefined && (await link.since(id, event)) !== undefined
        if (isStored) stored++
        if (isKept) kept++
        if (!isStored && !isKept) known.delete(id)
      }
      return { stored, listeners, kept }
    },
  }
}
