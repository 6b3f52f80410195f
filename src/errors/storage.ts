import { clip } from "../shared/clip.ts"
import { FleetError } from "./fleet-error.ts"

const deployed = {
  production: "it runs in production, where what is lost at the next start is missed",
  instances: "it is one of several instances, of which the next request may meet another",
} as const

/** What a server must remember would be in the memory of a process that will not do for it. */
export class MemoryStorageInProduction extends FleetError {
  readonly code = "FLEET-16"
  /** `kept` says what would be in memory, such as "The state of `ctx.state`"; `signal` is one of `deploymentSignals()`. */
  constructor(
    kept: string,
    signal: { readonly name: string; readonly value?: string; readonly means: keyof typeof deployed },
  ) {
    const value = signal.value === undefined ? "" : ` is \`${clip(signal.value, 60)}\``
    super(
      `${kept} would be kept in the memory of this process, and \`${signal.name}\`${value}: ${deployed[signal.means]}.`,
      { fix: "Give the server a `storage` that outlives the process: see `docs/storage.md`." },
    )
  }
}

/** A bounded storage holds as much as it may. What it acknowledged earlier is not forgotten for the sake of more. */
export class StorageFull extends FleetError {
  readonly code = "STORAGE_FULL"
  constructor(limit: string, cause?: unknown) {
    super(`The storage is full: it holds ${limit} already.`, {
      fix: "Write with a `ttl`, delete what is done, raise the limit, or use a storage outside of this process.",
      cause,
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

/** A value takes more bytes than a storage keeps under one key. */
export class ValueTooLarge extends FleetError {
  readonly code = "VALUE_TOO_LARGE"
  constructor(key: string, bytes: number, limit: { readonly of: string; readonly bytes: number }) {
    super(
      `The value of \`${clip(key, 60)}\` takes ${bytes} bytes; ${limit.of} keeps at most ${limit.bytes} under a key.`,
      { fix: "Spread it over several keys, compress it, or keep it elsewhere and store where." },
    )
  }
}

/** Something was to be written through a storage that only reads. */
export class ReadOnlyStorage extends FleetError {
  readonly code = "READ_ONLY_STORAGE"
  constructor(key: string) {
    super(`\`${clip(key, 60)}\` was not written: this storage is read only.`, {
      fix: "Give what writes the storage itself, and not `readOnly()` of it.",
    })
  }
}

const undecryptable = {
  "unknown-key": {
    problem: "it was encrypted under a secret or for a purpose that `encrypted()` was not given",
    fix: "Add the secret it was written under to the end of `secrets`, and give the same `purpose`.",
  },
  malformed: {
    problem: "it is not encrypted",
    fix: "Give encrypted values a storage or scope of their own, and write again what was there before.",
  },
  changed: {
    problem: "it was changed, or written under another key",
    fix: "Restore it from a backup or delete it, and see who else writes to the storage.",
  },
} as const

/** A value cannot be decrypted. It is not taken for none: what it guards would be lost without a word. */
export class CannotDecrypt extends FleetError {
  readonly code = "CANNOT_DECRYPT"
  constructor(key: string, why: keyof typeof undecryptable, cause?: unknown) {
    const { problem, fix } = undecryptable[why]
    super(`The value of \`${clip(key, 60)}\` cannot be read: ${problem}.`, { fix, cause })
  }
}
