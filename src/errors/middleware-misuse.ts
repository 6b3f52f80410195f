import { FleetError } from "./fleet-error.ts"

/** Middleware broke the rules of the onion. */
export class MiddlewareMisuse extends FleetError {
  readonly code = "FLEET-19"
  constructor(name: string, what: string, fix: string) {
    super(`The middleware \`${name}\` ${what}.`, { fix })
  }
}
