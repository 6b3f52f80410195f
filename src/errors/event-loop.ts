import { clip } from "../shared/clip.ts"
import { FleetError } from "./fleet-error.ts"

/** A handler kept the event loop to itself, so that nobody else was served. */
export class BlockedLoop extends FleetError {
  readonly code = "FLEET-02"
  /** For how many milliseconds, as far as is certain. */
  readonly ms: number
  /** The handlers that ran meanwhile, such as ``tool `hash` ``. */
  readonly suspects: readonly string[]
  constructor(suspects: readonly string[], ms: number) {
    super(`The event loop was blocked for ${ms} ms, and nobody was served, while ${ran(suspects)}.`, {
      fix: "Run the work on a thread, by `fleetmcp/threads`, or in slices with `await setImmediate()` of `node:timers/promises` between them.",
    })
    this.ms = ms
    this.suspects = suspects
  }
}

const mostNamed = 10

function ran(suspects: readonly string[]): string {
  const named = suspects.slice(0, mostNamed).map((name) => clip(name))
  if (suspects.length === 1) return `${named} ran`
  const rest = suspects.length - named.length
  return `one of these ran: ${named.join(", ")}${rest > 0 ? `, and ${rest} more` : ""}`
}
