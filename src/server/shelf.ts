import { toJsonValue } from "../components/json-value.ts"
import type { Remembered, State, StateKey } from "../components/state.ts"
import { NotSerializable, UnawaitedPromise } from "../errors/components.ts"
import { InvalidState, StateTooLarge } from "../errors/context.ts"
import { show } from "../errors/protocol.ts"
import { InvalidOption, quoted } from "../errors/server.ts"
import { InvalidStorageKey, NotStorable } from "../errors/storage.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import { describeIssues } from "../schema/issue.ts"
import type { JSONValue } from "../spec/index.ts"

/** Keeps JSON values of one owner by name. `undefined` is none. */
export interface Shelf {
  read(name: string): Promise<unknown>
  /** @param ttl Milliseconds; `undefined` where nobody said. */
  write(name: string, value: JSONValue | undefined, ttl?: number): Promise<void>
  /** Replaces a value by what `next` makes of it, atomically, and returns it. */
  change(name: string, next: Change, ttl: number | undefined): Promise<unknown>
}

/** Makes of a value the one that is to be kept. May run several times. */
export type Change = (value: unknown) => Promise<JSONValue | undefined>

/** The most characters of a name. */
const longestName = 512

/** The longest that anything is remembered, in milliseconds. */
const longestTtl = 30 * 24 * 60 * 60_000

/** What is remembered for so long unless somebody says, in milliseconds. */
export const defaultTtl: number = 24 * 60 * 60_000

/** The most characters of JSON under one key, or in one session. */
export const maxStateSize: number = 262_144

/**
 * Makes the state of whoever owns a shelf.
 *
 * @param enter Called first by each method, with its name; throws where the state may not be used any more.
 */
export function createState(shelf: Shelf, enter: (method: string) => void = () => undefined): State {
  return {
    async get(key) {
      enter("get")
      return rememberedAs(key, await shelf.read(nameOf(key)))
    },
    async set(key, value, options) {
      enter("set")
      const ttl = toTtl(options?.ttl)
      await shelf.write(nameOf(key), await toStorable(key, value), ttl)
    },
    async delete(key) {
      enter("delete")
      await shelf.write(nameOf(key), undefined)
    },
    async update(key, change, options) {
      enter("update")
      const next = async (before: unknown) => {
        const value = await change(await rememberedAs(key, before))
        return value === undefined ? undefined : toStorable(key, value)
      }
      return rememberedAs(key, await shelf.change(nameOf(key), next, toTtl(options?.ttl)))
    },
  }
}

/**
 * Reads a time to live.
 *
 * @throws {InvalidOption}
 */
export function toTtl(ttl: number | undefined): number | undefined {
  if (ttl === undefined) return undefined
  if (typeof ttl === "number" && ttl > 0) return Math.min(Math.ceil(ttl), longestTtl)
  throw new InvalidOption("The option `ttl`", quoted(ttl), "Give a number of milliseconds above 0.")
}

/** @throws {InvalidStorageKey} */
function nameOf(key: string | StateKey): string {
  const name: unknown = isStateKey(key) ? key.name : key
  if (typeof name === "string" && name.length > 0 && name.length <= longestName) return name
  const problem = `it is neither a text of 1 to ${longestName} characters nor what \`stateKey()\` made`
  throw new InvalidStorageKey(show(name), problem, "Name what you keep.")
}

/** Keys of other kinds, such as those of `contextKey()`, check nothing. */
function isStateKey(value: unknown): value is StateKey {
  return isObject(value) && typeof value.validate === "function"
}

/** What is kept, as the key promises it. */
async function rememberedAs<Key extends string | StateKey>(
  key: Key,
  kept: unknown,
): Promise<Remembered<Key>> {
  // The schema of a typed key says of what type its values are; of others nothing is known.
  if (typeof key === "string") return kept as Remembered<Key>
  const verdict = await key.validate(kept)
  if (verdict.ok) return verdict.value as Remembered<Key>
  // Nothing is kept, and the schema has nothing to stand for it.
  if (kept === undefined) return undefined as Remembered<Key>
  throw new InvalidState(key.name, "kept", describeIssues(verdict.issues))
}

/** What is to be kept, as JSON. Judged by what will be read: a date, for example, is a text then. */
async function toStorable(key: string | StateKey, value: unknown): Promise<JSONValue> {
  const name = nameOf(key)
  const json = toJson(name, value)
  const size = JSON.stringify(json).length
  if (size > maxStateSize) throw new StateTooLarge(`The state key \`${name}\``, size, maxStateSize)
  if (typeof key === "string") return json
  const verdict = await key.validate(json)
  if (verdict.ok) return json
  throw new InvalidState(name, "given", describeIssues(verdict.issues))
}

function toJson(name: string, value: unknown): JSONValue {
  if (value === undefined) throw new NotStorable(name)
  try {
    return toJsonValue(value, `the state key \`${name}\``)
  } catch (cause) {
    const path =
      cause instanceof NotSerializable || cause instanceof UnawaitedPromise ? cause.path : undefined
    throw new NotStorable(name, cause, path?.replace(/^result/, "value"))
  }
}
