import type { ContextKey } from "../components/context.ts"
import type { Dependency } from "../components/dependency.ts"
import type { Lifespan } from "../components/lifespan.ts"
import type { ServerLog } from "./server-log.ts"

/** Starts something that lives as long as the server; what it gives is called when the server closes. */
export type LifespanFunction = () => Promise<(() => Promise<void>) | undefined>

/** What may have something to start: the server itself, a plugin, a provider. */
export interface LifespanOwner {
  /** Names it in errors and logs; a plugin by its `id`. */
  readonly name?: string
  readonly id?: string
  readonly lifespan?: LifespanFunction | Lifespan | readonly Lifespan[] | undefined
}

/** What ends a lifespan has so many milliseconds at least. */
export const leastStopMs = 5000

/** What those that run the lifespans of a server know of it. */
export interface LifespanHost {
  readonly name: string
  readonly log: ServerLog
  readonly dependencies: readonly Dependency[]
  /** Those that have something to start which has not been started, in order. */
  readonly waiting: LifespanOwner[]
  /** Whether the server is closed. */
  isEnded: boolean
  /** Takes the value of a lifespan that runs. */
  readonly require: <T>(key: ContextKey<T>) => T
  /** The values of lifespans that run. */
  readonly values: Map<object, unknown>
}
