import { clip } from "../shared/clip.ts"
import { FleetError } from "./fleet-error.ts"

/** What a server says of a skill is not to be written to a disk. */
export class SkillRefused extends FleetError {
  readonly code = "SKILL_REFUSED"
  constructor(name: string, problem: string, cause?: unknown) {
    super(`The skill \`${clip(name)}\` was not downloaded: ${clip(problem, 300)}.`, {
      fix: "Tell whoever runs the server; nothing of the skill was kept.",
      cause,
    })
  }
}

/** A skill of this name is in the folder already. */
export class SkillExists extends FleetError {
  readonly code = "SKILL_EXISTS"
  constructor(path: string) {
    super(`\`${clip(path, 300)}\` is there already.`, {
      fix: "Set `overwrite: true` to replace it, or choose another folder.",
    })
  }
}
