import { InvalidStorageKey } from "../errors/storage.ts"
import { unstorable } from "../shared/characters.ts"
import { andThen } from "../shared/maybe-promise.ts"
import { utf8Length } from "../shared/utf8-length.ts"
import { over } from "./over.ts"
import type { StorageDriver } from "./storage.ts"

/** The most bytes of a key in UTF-8, scopes included: what every storage can take. */
const maxKeyBytes = 512

// Under Symbol.for, so that scopes made by another copy of this package nest too.
const kScope: unique symbol = /* @__PURE__ */ Symbol.for("fleetmcp.storage-scope") as never

interface ScopedDriver extends StorageDriver {
  readonly [kScope]: { readonly root: StorageDriver; readonly path: string }
}

/**
 * Gives a part of a storage: keys in it never meet keys outside, nor keys of scopes inside it. It is the gate
 * through which keys from elsewhere reach a driver, so it is here that they are checked.
 *
 * @param driver The storage, or a scope of it.
 * @param name 1 to 128 letters, digits, `_`, `-` or `.`.
 * @throws {InvalidStorageKey} The name is another; its methods throw it for keys that are empty, too long, or hold
 * control characters or lone surrogates.
 * @example
 * const drafts = scoped(memoryStorage(), "drafts")
 * await drafts.write("1", "Dear Ada")
 */
export function scoped(driver: StorageDriver, name: string): StorageDriver {
  if (!/^[A-Za-z0-9_.-]{1,128}$/.test(name)) {
    throw new InvalidStorageKey(
      name,
      "it is no name of a scope",
      "Use 1 to 128 letters, digits, `_`, `-` or `.`.",
    )
  }
  // Nested scopes are laid side by side: `a/b/=key`, and not a key `b/=key` of `a`, which anyone in `a` could write.
  const { root, path } = isScoped(driver) ? driver[kScope] : { root: driver, path: "" }
  return view(root, `${path}${name}/`)
}

function view(root: StorageDriver, path: string): ScopedDriver {
  // No scope has a name that starts with `=`: where it stands, the path ends and the key begins.
  const start = `${path}=`
  const { list, increment } = over(root)
  return {
    ...over(root, {
      get: (key) => root.get(toKey(start, key)),
      write: (key, value, options) => root.write(toKey(start, key), value, options),
      list:
        list &&
        ((prefix, options) =>
          andThen(list(toKey(start, prefix, true), options), ({ keys, cursor }) => ({
            keys: keys.map((key) => key.slice(start.length)),
            cursor,
          }))),
      increment: increment && ((key, by, options) => increment(toKey(start, key), by, options)),
      // Who takes a part does not close the whole.
      close: undefined,
    }),
    [kScope]: { root, path },
  }
}

function isScoped(driver: StorageDriver): driver is ScopedDriver {
  return kScope in driver
}

function toKey(start: string, key: string, isPrefix = false): string {
  if (key === "" && !isPrefix) throw new InvalidStorageKey(key, "it is empty", "Name what you store.")
  // PostgreSQL has no NUL, file systems no line breaks, and lone surrogates become one and the same character.
  if (unstorable.test(key)) {
    const problem = "it holds control characters or half a character"
    throw new InvalidStorageKey(key, problem, "Encode it first, as Base64 for example.")
  }
  if (utf8Length(start) + utf8Length(key) > maxKeyBytes) {
    const problem = `with its scope it takes more than ${maxKeyBytes} bytes`
    throw new InvalidStorageKey(key, problem, "Use a digest of it.")
  }
  return start + key
}
