import { clip } from "../shared/clip.ts"
import { FleetError } from "./fleet-error.ts"

/** A prefix with which names would be none any more. */
export class InvalidPrefix extends FleetError {
  readonly code = "FLEET-21"
  /** @param problem What is wrong with it, as the end of a sentence that begins with it. */
  constructor(prefix: string, problem: string) {
    super(`The prefix \`${clip(prefix)}\` ${problem}.`, {
      fix: 'Take a few letters, digits, `_`, `-` or `.`, such as `{ prefix: "math" }`.',
    })
  }
}

/** A server that would find itself among its own components. */
export class MountCycle extends FleetError {
  readonly code = "FLEET-19"
  /** @param chain The names of the servers, from the one that mounts. */
  constructor(chain: readonly string[]) {
    super(
      `The server \`${chain[0]}\` would mount itself: ${chain.map((name) => `\`${name}\``).join(" → ")}.`,
      {
        fix: "Leave out one of these mounts.",
      },
    )
  }
}

/** A server that asks who calls, under one that does not. */
export class UnguardedMount extends FleetError {
  readonly code = "UNGUARDED_MOUNT"
  constructor(root: string, child: string) {
    super(
      `The server \`${child}\` has \`auth\`, and \`${root}\`, which should mount it, has none: all could call it.`,
      {
        fix: `Give \`${root}\` the \`auth\`.`,
      },
    )
  }
}
