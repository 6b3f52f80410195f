import { FleetError } from "./fleet-error.ts"

/** A ready-made resource (file, directory, HTTP) could not be read. */
export class ResourceUnreadable extends FleetError {
  readonly code = "RESOURCE_UNREADABLE"
  constructor(uri: string, problem: string, options: { fix?: string; cause?: unknown } = {}) {
    super(`The resource \`${uri}\` cannot be read: ${problem}.`, options)
  }
}
