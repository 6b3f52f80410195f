import { WrongScope } from "../errors/dependencies.ts"
import type { Call } from "../protocol/call.ts"
import { quietTimeout } from "../shared/quiet-timer.ts"
import { DependencyStore } from "./dependency-store.ts"

/** How long values of a session are kept that no call uses, in milliseconds: as long as sessions are by default. */
const idleMs = 30 * 60_000
/** The most sessions that have values; beyond them, those of the one not used for longest are given back. */
const maxSessions = 10_000

/** The values of one session, for as long as calls use them. */
interface Session {
  readonly store: DependencyStore
  readonly forget: () => void
  users: number
  usedAt: number
  isOver: boolean
}

/** What a call has of its session. */
export interface SessionUse {
  readonly store: DependencyStore
  /** Called when the call is done with it. */
  readonly leave: () => void
}

/** The values of sessions: of a session where there is one, else of a caller. */
export class SessionStores {
  readonly #giveBack: (store: DependencyStore) => Promise<void>
  /** Those not used for longest first. */
  readonly #sessions: Map<string, Session> = new Map()
  readonly #closing: Set<Promise<void>> = new Set()
  #stopTimer: (() => void) | undefined

  /** @param giveBack Closes a store. Never rejects. */
  constructor(giveBack: (store: DependencyStore) => Promise<void>) {
    this.#giveBack = giveBack
  }

  /** @throws {WrongScope} Nobody knows to whom the call belongs. */
  enter(call: Call, name: string): SessionUse {
    const id = ownerOf(call)
    if (id === undefined) {
      throw new WrongScope(
        `\`${name}\` is kept for a session, and the caller has none and is known by nothing else.`,
        "Use the scope `request` or `server` for it, authenticate callers, or keep state under a handle of your own.",
      )
    }
    const session = this.#sessions.get(id) ?? this.#open(id, call)
    this.#sessions.delete(id)
    this.#sessions.set(id, session)
    session.users++
    if (this.#sessions.size > maxSessions) this.#makeRoom()
    return { store: session.store, leave: () => this.#leave(id, session) }
  }

  /** Gives back all of them. */
  async close(): Promise<void> {
    this.#stopTimer?.()
    this.#stopTimer = undefined
    for (const [id, session] of this.#sessions) this.#end(id, session)
    await Promise.all(this.#closing)
  }

  #open(id: string, { exchange }: Call): Session {
    const session: Session = {
      store: new DependencyStore(),
      users: 0,
      usedAt: 0,
      isOver: false,
      forget: exchange.session?.onEnd(() => this.#over(id, session)) ?? (() => undefined),
    }
    return session
  }

  #leave(id: string, session: Session): void {
    session.users--
    session.usedAt = Date.now()
    if (session.isOver) this.#over(id, session)
    else this.#watch()
  }

  /** Calls that run on may still use what it has. */
  #over(id: string, session: Session): void {
    session.isOver = true
    if (session.users === 0) this.#end(id, session)
  }

  #end(id: string, session: Session): void {
    if (this.#sessions.get(id) !== session) return
    this.#sessions.delete(id)
    session.forget()
    const closing = this.#giveBack(session.store).then(() => void this.#closing.delete(closing))
    this.#closing.add(closing)
  }

  #makeRoom(): void {
    for (const [id, session] of this.#sessions) {
      if (session.users > 0) continue
      this.#end(id, session)
      return
    }
  }

  /** One timer for all. */
  #watch(): void {
    this.#stopTimer ??= quietTimeout(() => {
      this.#stopTimer = undefined
      const expired = Date.now() - idleMs
      for (const [id, session] of this.#sessions)
        if (session.users === 0 && session.usedAt <= expired) this.#end(id, session)
      if (this.#sessions.size > 0) this.#watch()
    }, idleMs)
  }
}

/** By what a caller is known from one call to the next. */
function ownerOf({ exchange, peer }: Call): string | undefined {
  if (exchange.session !== undefined) return `session ${exchange.session.id}`
  return peer.principal === undefined ? undefined : `principal ${peer.principal.key}`
}
