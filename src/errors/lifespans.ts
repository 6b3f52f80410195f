import { FleetError } from "./fleet-error.ts"

/** The value of a lifespan was wanted while the lifespan does not run, or nobody ended one that did. */
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

/** A lifespan could not be started. */
export class LifespanFailed extends FleetError {
  readonly code = "LIFESPAN_FAILED"
  /** The name of the lifespan, or the id of the plugin it belongs to. */
  readonly lifespan: string
  constructor(lifespan: string, cause: unknown) {
    super(`The lifespan \`${lifespan}\` did not start: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    })
    this.lifespan = lifespan
  }
}

/** A lifespan took too long to start, or to end. */
export class LifespanTimeout extends FleetError {
  readonly code = "LIFESPAN_TIMEOUT"
  constructor(lifespan: string, doing: keyof typeof remedies, ms: number) {
    super(`The lifespan \`${lifespan}\` did not ${doing} within ${ms} ms.`, { fix: remedies[doing] })
  }
}

const remedies = {
  start: "Give what it waits for a time-out of its own, or the lifespan a longer `startTimeout`.",
  end: "Give what it waits for a time-out of its own, or the lifespan a longer `stopTimeout`.",
  "give up its start": "Have it heed `server.signal`, or close with a longer `graceMs`.",
} as const

/** A lifespan called the server that waits for it. */
export class StartingServer extends FleetError {
  readonly code = "STARTING_SERVER"
  constructor() {
    super("A lifespan called the server, which takes no calls before all lifespans have started.", {
      fix: "Call plain functions in it, or call the server after `await mcp.start()`.",
    })
  }
}
