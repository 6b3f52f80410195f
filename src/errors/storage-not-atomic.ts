import { FleetError } from "./fleet-error.ts"

/** Something that must never be done twice was given a storage that cannot rule that out. */
export class StorageNotAtomic extends FleetError {
  readonly code = "FLEET-16"
  constructor(subject: string) {
    super(
      `${subject} cannot use this storage: its writes are not atomic, so two of them could both succeed.`,
      {
        fix: "Use a storage whose driver declares `atomic`, as `memoryStorage()` does within one process.",
      },
    )
  }
}
