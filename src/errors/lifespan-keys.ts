import { FleetError } from "./fleet-error.ts"

/** The value of a lifespan was wanted while the lifespan does not run. */
export class LifespanNotRun extends FleetError {
  readonly code = "FLEET-17"
  constructor(what: string, fix: string) {
    super(what, { fix })
  }
}

/** Something that is started once for a server was used as if it belonged to one session or call. */
export class LifespanPerSession extends FleetError {
  readonly code = "FLEET-25"
  constructor(what: string, fix: string) {
    super(what, { fix })
  }
}

/** A generator that makes a value did not yield it, or yielded another after it. */
export class NotYieldedOnce extends FleetError {
  readonly code = "NOT_YIELDED_ONCE"
  constructor(how: "nothing" | "twice") {
    super(`The generator yielded ${how}.`, {
      fix: "`yield` the value once; what follows gives it back.",
    })
  }
}
