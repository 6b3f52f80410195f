import { FleetError } from "./fleet-error.ts"

/** Something was used that the runtime does not have. */
export class NotOnThisRuntime extends FleetError {
  readonly code = "FLEET-14"
  constructor(what: string, instead: string) {
    super(`\`${what}\` needs Node's own HTTP server, which this runtime does not have.`, {
      fix: `Use \`${instead}\` here.`,
    })
  }
}
