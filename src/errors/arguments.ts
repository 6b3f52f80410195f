import { InvalidParams } from "./protocol.ts"

/** The arguments of a prompt do not fit its schema. The peer gets the issues in their stable form, too. */
export class InvalidArguments extends InvalidParams {
  override readonly data: { readonly "fleetmcp/issues": readonly object[] }
  constructor(subject: string, description: string, issues: readonly object[]) {
    super(`Invalid arguments for ${subject}:\n${description}`)
    this.data = { "fleetmcp/issues": issues }
  }
}
