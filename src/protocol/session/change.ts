import type { MaybePromise } from "../../shared/maybe-promise.ts"
import type { Params } from "../jsonrpc.ts"
import type { Principal } from "../principal.ts"
import type { SessionData } from "./session.ts"

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
  /** Whether it follows from what a session remembers who is told. */
  readonly needsData: boolean
  /**
   * Whether a session is told.
   *
   * @param data What it remembers, where that is needed and there is any.
   */
  isFor(data: SessionData | undefined, listener: ChangeListener): MaybePromise<boolean>
}
