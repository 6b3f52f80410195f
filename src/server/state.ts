import type { State } from "../components/state.ts"
import { NoState } from "../errors/context.ts"
import type { Call, ExchangeSession } from "../protocol/call.ts"
import { type Atomic, createAtomic } from "../storage/atomic.ts"
import { readJson, type StorageDriver, writeJson } from "../storage/storage.ts"
import type { Core } from "./core.ts"
import { digestKey } from "./digest-key.ts"
import { createState, defaultTtl, type Shelf } from "./shelf.ts"

/** Makes `ctx.state` of a call: what is kept for its session, or else for its principal. */
export function stateOf(core: Core, call: Call): State {
  const keeper = keepers.get(core.storage) ?? new StateKeeper(core)
  keepers.set(core.storage, keeper)
  return createState(keeper.shelf(ownerOf(call)))
}

/** Whose state a call has. */
type Owner =
  | { readonly kind: "session"; readonly id: string; readonly session: ExchangeSession }
  | { readonly kind: "principal"; readonly id: string; readonly session: undefined }

/** @throws {NoState} */
function ownerOf({ exchange, peer }: Call): Owner {
  const { session } = exchange
  if (session !== undefined) return { kind: "session", id: session.id, session }
  if (peer.principal === undefined) throw new NoState()
  return { kind: "principal", id: peer.principal.key, session: undefined }
}

/** By storage, since that is what several servers may share. */
const keepers: WeakMap<Core["storage"], StateKeeper> = /* @__PURE__ */ new WeakMap()

/** Keeps the states of all calls of a server. */
class StateKeeper {
  readonly #part: Promise<StorageDriver>
  readonly #sessions: SessionKeys
  #atomic: Promise<Atomic> | undefined

  constructor(core: Core) {
    this.#part = core.storage.part("state")
    this.#sessions = new SessionKeys(core, (key) => this.#forget(key))
  }

  shelf(owner: Owner): Shelf {
    const keyFor = (name: string) => digestKey(owner.kind, owner.id, name)
    const keeping = async <T>(name: string, keep: (key: string) => Promise<T>): Promise<T> => {
      const noted = owner.session && this.#sessions.note(owner.session)
      const key = await keyFor(name)
      noted?.add(key)
      const kept = await keep(key)
      // The session ended meanwhile: what was forgotten then may be there again.
      if (noted?.isOver) await this.#forget(key)
      return kept
    }
    return {
      read: async (name) => readJson(await this.#part, await keyFor(name)),
      write: (name, value, ttl = defaultTtl) =>
        keeping(name, async (key) => void (await writeJson(await this.#part, { key, value }, { ttl }))),
      change: (name, next, ttl = defaultTtl) =>
        keeping(name, async (key) => (await this.#atomically()).update(key, next, { ttl })),
    }
  }

  async #forget(key: string): Promise<void> {
    await (await this.#part).write(key, undefined)
  }

  /** One for all, so that changes of one process that meet take turns. */
  #atomically(): Promise<Atomic> {
    this.#atomic ??= this.#part.then((part) => createAtomic(part, { subject: "`ctx.state.update()`" }))
    return this.#atomic
  }
}

/** How many sessions, and keys of each, are remembered for their end. What is beyond goes when its time is over. */
const maxSessions = 10_000
const maxKeys = 1000

/** What one session keeps. */
class Noted {
  readonly keys: Set<string> = new Set()
  readonly stop: () => void
  isOver = false

  /** @param end Called when the session is over. */
  constructor(session: ExchangeSession, end: () => void) {
    this.stop = session.onEnd(end)
  }

  add(key: string): void {
    if (this.keys.size < maxKeys) this.keys.add(key)
  }
}

/** What sessions keep that wrote it through this process, so that it goes when they end. */
class SessionKeys {
  readonly #forget: (key: string) => Promise<void>
  readonly #core: Core
  readonly #noted: Map<string, Noted> = new Map()

  constructor(core: Core, forget: (key: string) => Promise<void>) {
    this.#core = core
    this.#forget = forget
    core.onClose.add(() => {
      for (const { stop } of this.#noted.values()) stop()
      this.#noted.clear()
    })
  }

  note(session: ExchangeSession): Noted {
    const { id } = session
    const known = this.#noted.get(id)
    if (known !== undefined) return known
    const noted = new Noted(session, () => this.#end(id, noted))
    this.#noted.set(id, noted)
    this.#makeRoom()
    return noted
  }

  #makeRoom(): void {
    const [first] = this.#noted
    if (this.#noted.size <= maxSessions || first === undefined) return
    const [id, { stop }] = first
    stop()
    this.#noted.delete(id)
  }

  #end(id: string, noted: Noted): void {
    noted.isOver = true
    noted.stop()
    this.#noted.delete(id)
    for (const key of noted.keys) {
      this.#forget(key).catch((error) =>
        this.#core.log({
          level: "error",
          message: "The state of a session that ended was not deleted",
          error,
        }),
      )
    }
  }
}
