import { clip } from "../shared/clip.ts"
import { FleetError } from "./fleet-error.ts"

/** What clients keep is sealed by a key of this process alone, where another process will have to open it. */
export class MissingSecrets extends FleetError {
  readonly code = "FLEET-23"
  /** `signal` is one of `deploymentSignals()`. */
  constructor(signal: { readonly name: string; readonly value?: string }) {
    const value = signal.value === undefined ? "" : ` is \`${clip(signal.value, 60)}\``
    super(
      `What a question leaves with a client is sealed by a random key of this process, and \`${signal.name}\`${value}: after a restart, or by another instance, the answer is refused.`,
      {
        fix: "Give the server `secrets: [process.env.MCP_SECRET]`, 32 random bytes or more, the same for all instances.",
      },
    )
  }
}
