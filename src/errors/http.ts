import { FleetError } from "./fleet-error.ts"

/** A route is not written as a method and a path. */
export class InvalidRoute extends FleetError {
  readonly code = "INVALID_ROUTE"
  constructor(route: string) {
    super(`\`${route}\` is not a route.`, {
      fix: 'Write the method, a space and the path: `"GET /metrics"`.',
    })
  }
}

/** Something was used that the runtime does not have. */
export class NotOnThisRuntime extends FleetError {
  readonly code = "FLEET-14"
  constructor(what: string, instead: string) {
    super(`\`${what}\` needs Node's own HTTP server, which this runtime does not have.`, {
      fix: `Use \`${instead}\` here.`,
    })
  }
}
