import { FleetError } from "./fleet-error.ts"

/** A call was refused, since what happens could not be written down. */
export class AuditUnavailable extends FleetError {
  readonly code = "AUDIT_UNAVAILABLE"
  override readonly rpc = -32603
  override readonly http = { status: 503 }
  constructor(cause?: unknown) {
    super("The call was refused: it could not be recorded.", { fix: "Try again later.", cause })
  }
}

/** What records of an audit go to did not take one in time. */
export class AuditTimeout extends FleetError {
  readonly code = "AUDIT_TIMEOUT"
  constructor(ms: number) {
    super(`A record of the audit was not written within ${ms} ms.`, {
      fix: "See what `to` waits for, or give a longer `writeTimeout`.",
    })
  }
}
