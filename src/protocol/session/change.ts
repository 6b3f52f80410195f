import type { MaybePromise } from "../../shared/maybe-promise.ts"
import type { Params } from "../jsonrpc.ts"
import type { Principal } from "../principal.ts"

/** A session that listens to changes. */
export interface ChangeListener {
  readonly principal: Principal | undefined
  /** Its id. */
  readonly session: string
}

/** Something changed that clients may want to hear of. */
export interface Change {
  /** The notification that tells it. */
  readonly method: string
  readonly params: Params
  /** Whether only those are told that subscribed to it. */
  readonly needsSubscription: boolean
  /** Whether a client that subscribed to these URIs is told. */
  isFor(subscriptions: readonly string[], listener: ChangeListener): MaybePromise<boolean>
}
