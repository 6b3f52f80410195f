import { clip } from "../shared/clip.ts"
import { FleetError } from "./fleet-error.ts"

/** Components call one another without end. */
export class EndlessCalls extends FleetError {
  readonly code = "FLEET-19"
  /** @param chain What calls what, the outermost first. */
  constructor(chain: readonly string[]) {
    const last = chain.slice(-6).map((name) => `\`${clip(name)}\``)
    super(`${chain.length} calls are nested in one another: … → ${last.join(" → ")}.`, {
      fix: "Give the recursion an end, or call a plain function instead of a component.",
    })
  }
}

/** A call from the server's own process cannot be answered. */
export class InProcessError extends FleetError {
  readonly code = "IN_PROCESS_CALL"
  constructor(why: string, fix?: string) {
    super(`The in-process call failed: ${why}.`, { fix })
  }
}
