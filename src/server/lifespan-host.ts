import type { ContextKey } from "../components/context.ts"
import type { Dependency } from "../components/dependency.ts"
import type { Lifespan } from "../components/lifespan.ts"
import type { KeyHolder } from "../protocol/call.ts"
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

/** What a server, or a test, says of dependencies. */
export type DependencyOption = Dependency | readonly Dependency[] | undefined

/** What a server is told that concerns its lifespans. */
export interface LifespanServerOptions {
  readonly info: { readonly name: string }
  readonly log: ServerLog
  readonly lifespan: LifespanOwner["lifespan"]
  readonly dependencies: DependencyOption
}

/** What is known of the lifespans of a server before there is anything to run them. */
export interface LifespanState extends KeyHolder {
  readonly options: LifespanServerOptions
  /** Those that have something to start which has not been started, in order. */
  readonly waiting: LifespanOwner[]
  /** The values of lifespans that run. */
  readonly values: Map<object, unknown>
}

/** What those that run the lifespans of a server know of it. */
export interface LifespanHost extends Pick<LifespanState, "waiting" | "values"> {
  readonly name: string
  readonly log: ServerLog
  readonly dependencies: DependencyOption
  /** Takes the value of a lifespan that runs. */
  readonly require: <T>(key: ContextKey<T>) => T
}

/** What ends a lifespan has so many milliseconds at least. */
export const leastStopMs = 5000
