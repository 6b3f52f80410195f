import { CorruptValue, NotStorable } from "../errors/storage.ts"
import type { MaybePromise } from "../shared/maybe-promise.ts"

/**
 * Tells what a key holds now from everything it held before and will hold. A new one comes with every write, also
 * of an equal value and after a deletion, so that a version seen earlier never fits again by accident.
 */
export type Version = string

/** The version of a key that holds nothing. No driver uses it for anything else. */
export const absent = "absent"

/** What a key holds. */
export interface Stored {
  /** The text that was written. */
  readonly value: string
  /** What a conditional write compares. */
  readonly version: Version
  /** When it ceases to exist, in milliseconds since 1970; `undefined` for never. */
  readonly expiresAt: number | undefined
}

/** On which condition and for how long something is written. */
export interface WriteOptions {
  /** Writes only if the key is at this version now. Only for drivers that are `atomic`. */
  readonly if?: Version | undefined
  /**
   * Milliseconds until the value ceases to exist, at least 1; `Infinity` is as long as the storage can say. Default:
   * never, whatever the key held before.
   */
  readonly ttl?: number | undefined
}

/** The storage of a server, in parts that have nothing to do with each other. */
export interface StorageParts {
  /** Gives a part: what is kept in it never meets what others keep. */
  part(name: string): Promise<StorageDriver>
}

/** Which page of a list is wanted. */
export interface ListOptions {
  /** Where an earlier page ended. Default: at the start. */
  readonly cursor?: string | undefined
  /** The most keys of the page. Default: the driver's. */
  readonly limit?: number | undefined
}

/** Some of the keys that a list has. */
export interface KeyPage {
  /** The keys, whole, in any order. */
  readonly keys: readonly string[]
  /** Where the next page starts; `undefined` after the last. A page may be empty and yet not be the last. */
  readonly cursor: string | undefined
}

/**
 * Keeps texts under keys, for as long as it is told. Everything beyond that is written once, above: JSON, scopes,
 * locks, counters. Values are any text without NUL and lone surrogates, which JSON and Base64 always are; keys are
 * the same, of 1 to 512 bytes in UTF-8, and equal only if all their characters are.
 *
 * The test of a driver is the contract suite, at the level of what it declares.
 */
export interface StorageDriver {
  /** Whether of several writes under one condition, from any process, at most one succeeds. */
  readonly atomic: boolean
  /** Whether there is `list`. */
  readonly listable: boolean
  /** The shortest life in milliseconds; a shorter `ttl` becomes this. 0 for any. */
  readonly minTtl: number
  /** The longest life in milliseconds; a longer `ttl`, or none, becomes this. Default: none. */
  readonly maxTtl?: number
  /** Returns what a key holds; nothing that has expired. */
  readonly get: (key: string) => MaybePromise<Stored | undefined>
  /**
   * Makes a key hold a value, or nothing where it is `undefined`.
   *
   * @returns The version from now on (`absent` after a deletion), or `undefined` where `if` did not hold; then
   * nothing was changed. A rejection leaves open what happened.
   */
  readonly write: (
    key: string,
    value: string | undefined,
    options?: WriteOptions,
  ) => MaybePromise<Version | undefined>
  /**
   * Lists keys that start with a prefix, in any order. Keys that are there all the time come at least once; what
   * is written meanwhile may come, twice too, or not.
   */
  readonly list?: (prefix: string, options?: ListOptions) => MaybePromise<KeyPage>
  /**
   * Adds to a whole number, which is 0 where there is none, and returns the sum. No addition is lost. `get`
   * shows it in decimal digits.
   *
   * @param options `ttl` counts from the first addition; later ones do not prolong it.
   */
  readonly increment?: (key: string, by: number, options?: Pick<WriteOptions, "ttl">) => MaybePromise<number>
  /** Gives back what the driver opened itself. */
  readonly close?: () => MaybePromise<void>
}

/**
 * Reads the JSON value of a key; `undefined` when there is none.
 *
 * @throws {CorruptValue} Something else than JSON is stored there.
 */
export async function readJson(driver: StorageDriver, key: string): Promise<unknown> {
  const stored = await driver.get(key)
  return stored === undefined ? undefined : decodeJson(key, stored.value)
}

/**
 * Makes a key hold a JSON value, or nothing where it is `undefined`.
 *
 * @returns Whether it was written: `false` where `options.if` did not hold.
 * @throws {NotStorable} JSON cannot say the value.
 */
export async function writeJson(
  driver: StorageDriver,
  { key, value }: { readonly key: string; readonly value: unknown },
  options?: WriteOptions,
): Promise<boolean> {
  const text = value === undefined ? undefined : encodeJson(key, value)
  return (await driver.write(key, text, options)) !== undefined
}

/** @throws {NotStorable} */
export function encodeJson(key: string, value: unknown): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (cause) {
    throw new NotStorable(key, cause)
  }
  // Functions and symbols have no JSON at all.
  if (text === undefined) throw new NotStorable(key)
  return text
}

/** @throws {CorruptValue} */
export function decodeJson(key: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new CorruptValue(key, "JSON", cause)
  }
}

/**
 * Adds to the number that `increment` left; `undefined` is 0.
 *
 * @throws {CorruptValue} Something else is stored there, or the sum would be too large to be told from others.
 */
export function addCount(key: string, text: string | undefined, by: number): number {
  const sum = (text === undefined ? 0 : decodeCount(key, text)) + by
  if (!Number.isSafeInteger(sum)) throw new CorruptValue(key, `a whole number that ${by} can be added to`)
  return sum
}

/**
 * Reads the number that `increment` left.
 *
 * @throws {CorruptValue}
 */
export function decodeCount(key: string, text: string): number {
  const count = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(count)) throw new CorruptValue(key, "a whole number")
  return count
}
