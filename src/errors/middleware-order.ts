import { FleetError } from "./fleet-error.ts"

/** Middleware stands in an order in which it cannot work. */
export class MisorderedMiddleware extends FleetError {
  readonly code = "FLEET-18"
}
