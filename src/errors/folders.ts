import { clip } from "../shared/clip.ts"
import { FleetError } from "./fleet-error.ts"

/** A folder of components or skills cannot be read, or holds too much. */
export class FolderUnusable extends FleetError {
  readonly code = "FOLDER_UNUSABLE"
  constructor(folder: string, problem: string, options: { readonly fix: string; readonly cause?: unknown }) {
    super(`The folder \`${clip(folder, 300)}\` cannot be served: ${clip(problem, 300)}.`, options)
  }
}

/** Two files of a folder have a component of the same kind, name and version. */
export class DuplicateInFiles extends FleetError {
  readonly code = "DUPLICATE_IN_FILES"
  /** The files, as they are named from the folder. */
  readonly files: readonly [string, string]
  constructor(key: string, first: string, second: string) {
    const shown = clip(key.endsWith("@") ? key.slice(0, -1) : key, 200)
    super(`\`${shown}\` is in \`${clip(first, 300)}\` and in \`${clip(second, 300)}\`.`, {
      fix: "Rename one of them, give each a `version`, or move one to another folder.",
    })
    this.files = [first, second]
  }
}
