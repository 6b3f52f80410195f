import { FleetError } from "./fleet-error.ts"

/** Scopes are demanded, but none are named. */
export class NoScopes extends FleetError {
  readonly code = "NO_SCOPES"
  constructor() {
    super("`requireScopes()` and `challengeScopes()` need one scope at least.", {
      fix: "Name the scopes, or leave `auth` out to let everyone in.",
    })
  }
}
