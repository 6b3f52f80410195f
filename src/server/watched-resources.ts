import type { Call } from "../protocol/call.ts"
import { type Core, scopeOf } from "./core.ts"
import { findReadable } from "./find-readable.ts"

/** Has whoever owns a resource watch it, until what is returned is called. Most have nothing to do for that. */
export function watchResource(core: Core, uri: string, call: Call): () => void {
  const scope = scopeOf(call)
  const watching = findReadable(core.catalog, uri, scope).then(
    (found) => found?.resolved.watch?.(uri, scope),
    (error) => core.log({ level: "warning", message: "A resource could not be watched", error }),
  )
  return () => void watching.then((stop) => stop?.())
}

/** What sessions watch: what each subscribed to, until it unsubscribes or ends. */
export class SessionWatches {
  readonly #core: Core
  readonly #sessions: Map<string, Map<string, () => void>> = new Map()

  constructor(core: Core) {
    this.#core = core
  }

  begin(uri: string, call: Call): void {
    const { session } = call.exchange
    if (session === undefined) return
    const own = this.#sessions.get(session.id) ?? new Map<string, () => void>()
    if (own.has(uri)) return
    if (!this.#sessions.has(session.id)) {
      this.#sessions.set(session.id, own)
      session.onEnd(() => {
        this.#sessions.delete(session.id)
        for (const stop of own.values()) stop()
      })
    }
    own.set(uri, watchResource(this.#core, uri, call))
  }

  end(uri: string, { exchange }: Call): void {
    const own = this.#sessions.get(exchange.session?.id ?? "")
    own?.get(uri)?.()
    own?.delete(uri)
  }
}
