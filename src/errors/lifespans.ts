import { FleetError } from "./fleet-error.ts"
import { show } from "./protocol.ts"

/** A lifespan could not be started. */
export class LifespanFailed extends FleetError {
  readonly code = "LIFESPAN_FAILED"
  /** The name of the lifespan, or the id of the plugin it belongs to. */
  readonly lifespan: string
  constructor(lifespan: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : show(cause)
    super(`The lifespan \`${lifespan}\` did not start: ${why}`, { cause })
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

/** Lifespans run that nobody will end, or may be cut off while they start. */
export class LifespanNotEnded extends FleetError {
  readonly code = "FLEET-17"
  constructor(what: string, fix: string) {
    super(what, { fix })
  }
}

/** A lifespan was started for a server while it runs for another. */
export class LifespanRepeated extends FleetError {
  readonly code = "FLEET-25"
  constructor(lifespan: string, server: string) {
    super(
      `The lifespan \`${lifespan}\` was started for another server, \`${server}\`, while it runs for the first.`,
      {
        fix: "Make one server for all requests and sessions; what each of them needs of its own is made by `provide()`, or kept in `ctx.state`.",
      },
    )
  }
}
