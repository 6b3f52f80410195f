import type { Validated } from "../schema/issue.ts"
import type { InferInput, InferOutput, Schema } from "../schema/schema.ts"
import { valueValidator } from "../schema/value-validator.ts"
import type { MaybePromise } from "../shared/maybe-promise.ts"

/** A typed name of what is remembered, made by {@link stateKey}: `Value` is what is read, `Given` what is written. */
export interface StateKey<Value = unknown, Given = Value> {
  readonly name: string
  /** Checks what is written and what is read: another version of the program may have written it. */
  readonly validate: (value: unknown) => MaybePromise<Validated>
  /** Only for inference; never there. */
  readonly types?: { readonly value: Value; readonly given: Given }
}

/** What is read under a key of the schema `S`: `undefined` too, unless the schema says what stands for it. */
export type Kept<S> = undefined extends InferInput<S> ? InferOutput<S> : InferOutput<S> | undefined

/**
 * Makes a typed key for {@link State}. What is read is checked by the schema, also where an older version of the program
 * wrote it; a schema with a default gives it where nothing is kept.
 *
 * @param name 1 to 512 characters that name it among all keys of its owner; a text of the same name is the same key.
 * @param schema What it holds, as JSON: any Standard Schema, or JSON Schema.
 * @throws {InvalidSchema} The schema is none.
 * @example
 * const visits = stateKey("visits", z.number().default(0))
 * mcp.tool({ name: "visit" }, (_, ctx) => ctx.state.update(visits, (count) => count + 1))
 */
export function stateKey<const S extends Schema>(name: string, schema: S): StateKey<Kept<S>, InferInput<S>> {
  return Object.freeze({ name, validate: valueValidator(schema, `state key \`${name}\``) })
}

/** What is read under a key. Of what stands under a text nothing is known. */
export type Remembered<Key> = Key extends StateKey<infer Value, unknown> ? Value : unknown

/** What may be written under a key. */
export type Memorable<Key> = Key extends StateKey<unknown, infer Given> ? Given : unknown

/** For how long something is remembered. */
export interface StateOptions {
  /** Milliseconds from now, 30 days at most. Default: 24 hours, for handles what is left of theirs. */
  readonly ttl?: number
}

/** What is remembered for one owner, by name: JSON values, each for a while. */
export interface State {
  /**
   * Reads a value.
   *
   * @param key A text, or what `stateKey()` made.
   * @returns `undefined` where there is none, or none any more.
   * @throws {InvalidState} What is kept there does not fit the key's schema.
   */
  get<const Key extends string | StateKey>(key: Key): Promise<Remembered<Key>>
  /**
   * Keeps a value in place of the one before.
   *
   * @throws {NotStorable} JSON cannot say it.
   * @throws {InvalidState} It does not fit the key's schema.
   * @throws {StateTooLarge} It has more than 262,144 characters of JSON.
   */
  set<const Key extends string | StateKey>(
    key: Key,
    value: Memorable<Key>,
    options?: StateOptions,
  ): Promise<void>
  /** Forgets a value, if there is one. */
  delete(key: string | StateKey): Promise<void>
  /**
   * Changes a value, so that no change of another call is lost.
   *
   * @param change Gets what is kept and gives what is to be; `undefined` to forget it. It may run several times, and must
   * not write under the same key itself; of a handle, not under any.
   * @returns What is kept then.
   * @throws {StorageNotAtomic} FLEET-16: the storage of the server cannot do it.
   * @throws {StorageContention} Others changed it each time.
   */
  update<const Key extends string | StateKey>(
    key: Key,
    change: (value: Remembered<Key>) => MaybePromise<Memorable<Key> | undefined>,
    options?: StateOptions,
  ): Promise<Remembered<Key>>
}

/** A state under a handle, which the client passes with each call. */
export interface StateSession extends State {
  /** The handle: nobody can guess it. */
  readonly id: string
  /** When it ends, in milliseconds since 1970. */
  readonly expiresAt: number
  /** Ends it and forgets what it holds. */
  end(): Promise<void>
}

/** How long a handle lives, and how many there may be. */
export interface StateSessionOptions {
  /** Milliseconds for which it lives, 30 days at most. Default 24 hours. */
  readonly ttl?: number
  /** The most that one principal makes within a `ttl`. Default 100. */
  readonly max?: number
  /** The most that callers nobody knows make within a `ttl`, all together. Default 10,000. */
  readonly maxAnonymous?: number
}

/** Makes and finds states under handles. */
export interface StateSessions {
  /**
   * Makes one. It belongs to the principal that calls; where nobody is known, to whoever holds the handle.
   *
   * @throws {UnknownOption} FLEET-09
   * @throws {InvalidOption}
   * @throws {TooManyHandles}
   */
  create(options?: StateSessionOptions): Promise<StateSession>
  /**
   * Finds one by its handle.
   *
   * @throws {UnknownHandle} There is none, or not any more, or it belongs to somebody else.
   */
  open(id: string): Promise<StateSession>
}
