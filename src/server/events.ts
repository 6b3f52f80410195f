import type { Params } from "../protocol/jsonrpc.ts"

/** Something changed that subscribers may want to hear of. */
export interface ChangeEvent {
  /** The field of the listen filter that it belongs to, such as `toolsListChanged`. */
  readonly topic: string
  /** The notification that is sent. */
  readonly method: string
  /** The parameters of the notification. */
  readonly params?: Params | undefined
  /** Only these callers hear of it, by `Principal.key`. Default: all, unless `sessions` are named. */
  readonly audience?: readonly string[] | undefined
  /** Only these sessions hear of it, by their ids, besides the `audience`. Default: all, unless there is an `audience`. */
  readonly sessions?: readonly string[] | undefined
}

/** The topics of the core: lists that change, and resources that somebody subscribed to. */
export const coreTopics: readonly string[] = [
  "toolsListChanged",
  "promptsListChanged",
  "resourcesListChanged",
  "resourceSubscriptions",
]

/** Carries change events to everyone who listens, here or on other replicas. */
export interface EventBus {
  /** Carries an event to all who listen. What it throws or rejects with is logged. */
  publish(event: ChangeEvent): void | Promise<void>
  /** Returns what ends the subscription. */
  subscribe(listener: (event: ChangeEvent) => void): () => void
}

/**
 * Makes the bus of one process.
 *
 * @see S28/basic/patterns/subscriptions
 * @example
 * const bus = memoryEventBus()
 * const mcp = new FleetMCP("Demo", { bus })
 * bus.publish({ topic: "toolsListChanged", method: "notifications/tools/list_changed" })
 */
export function memoryEventBus(): EventBus {
  const listeners = new Set<(event: ChangeEvent) => void>()
  return {
    publish(event) {
      for (const listener of listeners) listener(event)
    },
    subscribe(listener) {
      // A copy per subscription, so that the same function may listen twice.
      const own = (event: ChangeEvent) => listener(event)
      listeners.add(own)
      return () => void listeners.delete(own)
    },
  }
}
