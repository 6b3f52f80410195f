import type { Dispatch } from "../protocol/dispatcher.ts"
import type { NotificationMessage } from "../protocol/jsonrpc.ts"
import type { Method } from "../protocol/method.ts"
import type { Change } from "../protocol/session/change.ts"
import { sessionMethods } from "../protocol/session/methods.ts"
import { SessionServer } from "../protocol/session/serve.ts"
import type { Channel } from "../protocol/transport.ts"
import type { Core } from "./core.ts"
import { isInAudience } from "./event-listener.ts"
import type { ChangeEvent } from "./events.ts"
import { coreListenFilters } from "./listen-filters.ts"
import type { ListenFilter } from "./plugin-contract.ts"
import type { RunningCalls } from "./running.ts"
import { SessionWatches } from "./watched-resources.ts"

/** What the session era needs of the engine. */
export interface SessionEraHost {
  readonly core: Core
  /** The methods of the core and of plugins. */
  readonly methods: () => ReadonlyMap<string, Method>
  /** Makes the dispatcher of methods, with the middleware that there is. */
  readonly compose: (methods: ReadonlyMap<string, Method>) => Dispatch
  readonly running: RunningCalls
  readonly notify: (message: NotificationMessage, channel: Channel) => Promise<unknown>
  readonly onError: (error: unknown, method: string) => string
  /** Milliseconds for which answers of clients are waited for. */
  readonly askTimeout: number
}

/** The revisions with sessions, as far as the engine serves them. Loaded by the first client that speaks one. */
export class SessionEra {
  readonly server: SessionServer
  readonly #host: SessionEraHost
  #watches: SessionWatches | undefined
  #built: { readonly methods: ReadonlyMap<string, Method>; readonly dispatch: Dispatch } | undefined

  constructor(host: SessionEraHost) {
    this.#host = host
    const { running, askTimeout, onError, notify } = host
    const built = () => this.#build()
    this.server = new SessionServer({
      get methods() {
        return built().methods
      },
      get dispatch() {
        return built().dispatch
      },
      running,
      askTimeout,
      onError,
      notify,
      onChange: (hear) => this.#onChange(hear),
      onClose(end) {
        host.core.onClose.add(end)
        return () => host.core.onClose.delete(end)
      },
    })
  }

  /** Forgets what depends on middleware and plugins, which have changed. */
  rebuild(): void {
    this.#built = undefined
  }

  #build() {
    if (this.#built !== undefined) return this.#built
    const { core, methods, compose } = this.#host
    const shared = [...methods().values()].filter(({ era }) => era !== "stateless")
    this.#watches ??= new SessionWatches(core)
    const own = sessionMethods(core, this.#watches)
    const rows = new Map([...shared, ...own].map((method) => [method.name, method]))
    this.#built = { methods: rows, dispatch: compose(rows) }
    return this.#built
  }

  #onChange(hear: (change: Change) => void): () => void {
    const { core } = this.#host
    // Of the core only: extensions have words of their own for what changes.
    const filters = new Map([...coreListenFilters(core), ["elicitations", elicitations]])
    return core.bus.subscribe((event) => {
      const filter = filters.get(event.topic)
      if (filter !== undefined) hear(toChange(event, filter))
    })
  }
}

/** S11/client/elicitation#completion-notifications-for-url-mode-elicitation: for whoever was asked, and nobody else. */
const elicitations: ListenFilter = {
  honor: () => undefined,
  // What a session remembers of them are their ids.
  passes: ({ params }, ids) => (ids as readonly unknown[]).includes(params?.elicitationId),
}

/** What of a session says whether it hears of a topic. It hears of all others. */
const remembered: { readonly [topic: string]: "subscriptions" | "elicitations" | undefined } = {
  resourceSubscriptions: "subscriptions",
  elicitations: "elicitations",
}

function toChange(event: ChangeEvent, filter: ListenFilter): Change {
  const field = remembered[event.topic]
  return {
    method: event.method,
    params: event.params ?? {},
    needsData: field !== undefined,
    isFor: (data, listener) =>
      isInAudience(event, listener) &&
      filter.passes(event, field === undefined ? true : (data?.[field] ?? []), listener.principal),
  }
}
