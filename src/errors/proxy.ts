import { clip } from "../shared/clip.ts"
import { FleetError } from "./fleet-error.ts"

/** A server behind a proxy cannot be reached, or went away while it was asked. */
export class UpstreamDown extends FleetError {
  readonly code = "UPSTREAM_DOWN"
  override readonly rpc = -32603
  /** The name of the upstream. */
  readonly upstream: string
  constructor(upstream: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause)
    super(`The upstream \`${clip(upstream)}\` did not answer: ${clip(why, 600)}`, {
      fix: "Look whether it runs; it is tried again by itself.",
      cause,
    })
    this.upstream = upstream
  }
}

/** All connections that a proxy may have to its upstream are in use. */
export class UpstreamBusy extends FleetError {
  readonly code = "UPSTREAM_BUSY"
  override readonly rpc = -32603
  constructor(upstream: string, max: number) {
    super(`All ${max} connections to the upstream \`${clip(upstream)}\` are in use.`, {
      fix: "Try again later, or give `proxy()` a higher `maxConnections`.",
    })
  }
}

/**
 * A call that waits for answers is not held here: it was given up after a while, or by another replica.
 *
 * @see S28/basic/patterns/mrtr
 */
export class CallNotHere extends FleetError {
  readonly code = "CALL_NOT_HERE"
  override readonly rpc = -32603
  constructor(target: string) {
    super(`The call of \`${clip(target)}\` that waited for these answers is not held here any more.`, {
      fix: "Call it anew; it is not run a second time by itself.",
    })
  }
}

/** More calls wait for answers of clients than may. */
export class TooManyParked extends FleetError {
  readonly code = "TOO_MANY_PARKED"
  override readonly rpc = -32603
  constructor(limit: number) {
    super(`More than ${limit} calls wait for answers of clients.`, {
      fix: "Answer what was asked, or give `proxy()` a higher `maxParked` or `maxParkedPerPrincipal`.",
    })
  }
}
