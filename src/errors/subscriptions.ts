import { FleetError } from "./fleet-error.ts"

/** The server has as many open subscriptions as it allows. */
export class TooManySubscriptions extends FleetError {
  readonly code = "TOO_MANY_SUBSCRIPTIONS"
  override readonly rpc = -32603
  override readonly http = { status: 429 }
  constructor(limit: number) {
    super(`The limit of open subscriptions, ${limit}, is reached.`, { fix: "Close one first." })
  }
}
