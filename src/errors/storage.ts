import { clip } from "../shared/clip.ts"
import { FleetError } from "./fleet-error.ts"

/** A bounded storage holds as much as it may. What it acknowledged earlier is not forgotten for the sake of more. */
export class StorageFull extends FleetError {
  readonly code = "STORAGE_FULL"
  constructor(limit: string) {
    super(`The storage is full: it holds ${limit} already.`, {
      fix: "Write with a `ttl`, delete what is done, raise the limit, or use a storage outside of this process.",
    })
  }
}

/** A key or the name of a scope is none that every storage can keep apart from all others. */
export class InvalidStorageKey extends FleetError {
  readonly code = "INVALID_STORAGE_KEY"
  constructor(key: string, problem: string, fix: string) {
    // The key may come from a peer.
    super(`\`${clip(key, 60)}\` cannot be a key of a storage: ${problem}.`, { fix })
  }
}

/** A value is not one that JSON can say, so that it could not be read again. */
export class NotStorable extends FleetError {
  readonly code = "NOT_STORABLE"
  /** @param where What of it is not, such as `value.items[2]`. Default: nothing is said. */
  constructor(key: string, cause?: unknown, where?: string) {
    const place = where === undefined ? "" : `: look at \`${where}\``
    super(`What should be stored under \`${clip(key)}\` is not JSON${place}.`, {
      fix: "Store strings, finite numbers, booleans, `null`, arrays and plain objects.",
      cause,
    })
  }
}

/** What a storage returned is not what this library wrote there. */
export class CorruptValue extends FleetError {
  readonly code = "CORRUPT_VALUE"
  constructor(key: string, expected: string, cause?: unknown) {
    super(`What is stored under \`${key}\` is not ${expected}.`, {
      fix: "Give each program a storage or a scope of its own, and delete the entry.",
      cause,
    })
  }
}

/** A key was changed by others each time it was about to be changed. */
export class StorageContention extends FleetError {
  readonly code = "STORAGE_CONTENTION"
  constructor(key: string, attempts: number) {
    super(`The value of \`${key}\` was changed by others during ${attempts} attempts to change it.`, {
      fix: "Spread what is written so often over several keys, or count with `increment`. An `update` must not update its own key.",
    })
  }
}
