import { clip } from "../shared/clip.ts"
import { FleetError } from "./fleet-error.ts"

/** A variable of the environment, or a flag, has a value that cannot be meant. */
export class InvalidSetting extends FleetError {
  readonly code = "INVALID_SETTING"
  /**
   * @param place Where it was set: "`FLEETMCP_PORT` in `.env`".
   * @param text What it was set to; `undefined` keeps it out of the message.
   * @param expected What it must be: "a whole number".
   */
  constructor(place: string, text: string | undefined, expected: string) {
    const what =
      text === undefined ? "holds what it cannot" : text === "" ? "is empty" : `is \`${clip(text)}\``
    super(`${place} ${what}.`, { fix: `Set it to ${expected}, or leave it out.` })
  }
}

/** The file that `FLEETMCP_ENV_FILE` names cannot be read. */
export class UnreadableEnvFile extends FleetError {
  readonly code = "UNREADABLE_ENV_FILE"
  constructor(path: string, cause: unknown) {
    super(`The file \`${clip(path)}\`, which \`FLEETMCP_ENV_FILE\` names, cannot be read.`, {
      fix: "Name a file that is there, or unset `FLEETMCP_ENV_FILE`.",
      cause,
    })
  }
}
