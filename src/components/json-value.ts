import { UnawaitedPromise } from "../errors/components.ts"
import type { JSONValue } from "../spec/index.ts"
import { MAX_JSON_DEPTH, MAX_JSON_NODES } from "./json-value-bounds.ts"
import { convertToJson, isIterable, isPlainObject } from "./json-value-convert.ts"

/**
 * Returns what a client will receive for `value`: the very same value when it is plain JSON already, else a copy in
 * which dates and URLs are strings, `toJSON` is honoured and `undefined` members are gone.
 *
 * @param subject who returned it, for the message, such as "tool `add`"
 * @throws {NotSerializable} FLEET-12, where JSON cannot say what is there
 * @throws {UnawaitedPromise} FLEET-02, where a promise was left in the value
 */
export function toJsonValue(value: unknown, subject: string): JSONValue {
  const count = isIterable(value) ? NOT_PLAIN : countPlain(value, 0, 0)
  // The walk has just seen that this is JSON and nothing else.
  if (count > 0 && count <= MAX_JSON_NODES) return value as JSONValue
  try {
    return convertToJson(value, subject)
  } catch (error) {
    if (error instanceof UnawaitedPromise) quietPromises(value, new Set())
    throw error
  }
}

/**
 * Throws where {@link toJsonValue} would.
 *
 * @throws {NotSerializable} FLEET-12
 * @throws {UnawaitedPromise} FLEET-02
 */
export function assertJson(value: unknown, subject: string): void {
  toJsonValue(value, subject)
}

const NOT_PLAIN = -1

/**
 * Counts the values in plain JSON, or returns NOT_PLAIN at the first thing that needs a conversion or an error.
 * This runs for every result: it allocates nothing and leaves all explaining to {@link convertToJson}.
 */
function countPlain(value: unknown, depth: number, count: number): number {
  switch (typeof value) {
    case "string":
    case "boolean":
      return count + 1
    case "number":
      return Number.isFinite(value) ? count + 1 : NOT_PLAIN
    case "object":
      break
    default:
      return NOT_PLAIN
  }
  if (value === null) return count + 1
  // Cycles end here as well: the slow walk tells them from mere depth.
  if (depth >= MAX_JSON_DEPTH || count >= MAX_JSON_NODES) return NOT_PLAIN
  if (Array.isArray(value)) return countItems(value, depth + 1, count + 1)
  if (!isPlainObject(value)) return NOT_PLAIN
  return countMembers(value, depth + 1, count + 1)
}

function countItems(items: readonly unknown[], depth: number, start: number): number {
  let count = start
  for (let index = 0; index < items.length; index++) {
    count = countPlain(items[index], depth, count)
    if (count === NOT_PLAIN) return NOT_PLAIN
  }
  return count
}

function countMembers(object: { readonly [key: string]: unknown }, depth: number, start: number): number {
  let count = start
  for (const key in object) {
    if (!Object.hasOwn(object, key)) continue
    // A `toJSON` or a `then` is a function, so it ends here too.
    count = countPlain(object[key], depth, count)
    if (count === NOT_PLAIN) return NOT_PLAIN
  }
  // Looked for only where nothing else is, and in the whole value: iterables with data beside are rare, results are not.
  return count === start && isIterable(object) ? NOT_PLAIN : count
}

/**
 * Handles the rejections of all promises in a refused value: the refusal tells the author about them, while an
 * unhandled rejection would end the process.
 */
function quietPromises(value: unknown, seen: Set<unknown>): void {
  if (typeof value !== "object" || value === null || seen.has(value) || seen.size >= 5_000) return
  seen.add(value)
  if (value instanceof Promise) {
    value.catch(() => undefined)
    return
  }
  for (const member of Object.values(value)) quietPromises(member, seen)
}

/**
 * What a client receives for a value of type `T`: dates and URLs are strings, `toJSON` is honoured, methods and
 * symbols are gone, members that may be `undefined` are optional. What JSON cannot say is `never`.
 */
export type Jsonify<T> = IsAny<T> extends true ? T : JsonifyKnown<T>

type IsAny<T> = 0 extends 1 & T ? true : false

type JsonifyKnown<T> = T extends string | number | boolean | null
  ? T
  : T extends readonly unknown[]
    ? { [Index in keyof T]: Jsonify<T[Index]> }
    : T extends void
      ? undefined
      : T extends Unsendable
        ? never
        : T extends { toJSON(): infer Json }
          ? Jsonify<Json>
          : T extends object
            ? JsonifyMembers<T>
            : unknown extends T
              ? T
              : never

/** What is refused at run time wherever it stands. */
type Unsendable =
  | bigint
  | symbol
  | Callable
  | ArrayBufferView
  | ArrayBuffer
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | PromiseLike<unknown>
  | Error
  | RegExp
  | Body
  | Stream
  | Fields
  | WeakCollection
  | IteratorWithHelpers

// By what they can do, since not every program has the types of the web.

/** A `Response`, `Request`, `Blob` or `File`. */
interface Body {
  arrayBuffer(): unknown
  text(): unknown
}

/** A `ReadableStream`. */
interface Stream {
  getReader(...args: never): unknown
  tee(): unknown
}

/** `Headers`, `FormData` or `URLSearchParams`. */
interface Fields {
  append(...args: never): unknown
  entries(): unknown
}

interface WeakCollection {
  delete(key: never): boolean
  has(key: never): boolean
  readonly [Symbol.toStringTag]: string
}

/** What `values()` of a list gives; generators are known before this is asked. */
interface IteratorWithHelpers {
  next(...args: never): unknown
  toArray(): unknown
}

type Callable = (...args: never) => unknown

/** Members that may be `undefined` become optional; types without any, which are the most, are told at once. */
type JsonifyMembers<T> = undefined extends T[keyof T]
  ? JsonifyOptional<T, UndefinedKeys<T>>
  : { [Key in keyof T as SentKey<T, Key>]: Jsonify<T[Key]> }

/** The last step joins both parts, so that editors show one object. */
type JsonifyOptional<T, Undefined extends keyof T> = [Undefined] extends [never]
  ? { [Key in keyof T as SentKey<T, Key>]: Jsonify<Exclude<T[Key], undefined>> }
  : { [Key in keyof T as Exclude<SentKey<T, Key>, Undefined>]: Jsonify<T[Key]> } & {
        [Key in Undefined as SentKey<T, Key>]?: Jsonify<Exclude<T[Key], undefined>>
      } extends infer Joined
    ? { [Key in keyof Joined]: Joined[Key] }
    : never

/** Methods, and members that are never there, are not sent; nor are symbol keys. */
type SentKey<T, Key extends keyof T> = Key extends symbol
  ? never
  : [T[Key]] extends [Callable | undefined]
    ? never
    : Key

/** The keys of required members that may be `undefined`. */
type UndefinedKeys<T> = keyof { [Key in keyof T as MaybeUndefined<T, Key>]: T[Key] }
type MaybeUndefined<T, Key extends keyof T> = undefined extends T[Key]
  ? unknown extends T[Key]
    ? never
    : Record<never, never> extends Pick<T, Key>
      ? never
      : Key
  : never

/**
 * `T` itself when JSON can say all of it, else a type that no value has and that names what offends: for the return
 * type of a handler. Looks five levels deep, lists counted.
 */
export type Sendable<T> =
  true extends Offends<T, 5>
    ? CannotSend<`${OffenderIn<T, "result", 5>} → return something that JSON can say`>
    : T

/** Shown by the compiler in place of a type that a handler cannot return. */
export interface CannotSend<Message extends string> {
  readonly "cannot be sent": Message
}

type Levels = 0 | 1 | 2 | 3 | 4 | 5
type Below = readonly [0, 0, 1, 2, 3, 4]

// Answers without paths first: the compiler keeps them by type and level, so that the wide and circular types of API
// clients cost little. With the path as a parameter nothing could be kept.
type Offends<T, Left extends Levels> =
  IsAny<T> extends true
    ? false
    : Left extends 0
      ? false
      : T extends string | number | boolean | null | undefined
        ? false
        : T extends readonly (infer Item)[]
          ? Offends<Item, Below[Left]>
          : T extends Unsendable
            ? true
            : T extends { toJSON(): infer Json }
              ? Offends<Json, Below[Left]>
              : T extends object
                ? true extends MemberOffends<T, Below[Left]>
                  ? true
                  : false
                : false

type MemberOffends<T, Left extends Levels> = {
  [Key in keyof T & string]-?: [T[Key]] extends [Callable | undefined] ? false : Offends<T[Key], Left>
}[keyof T & string]

/** Names what offends, only where something does. */
type OffenderIn<T, Path extends string, Left extends Levels> =
  true extends Offends<T, Left>
    ? T extends Unsendable
      ? `${Path} is ${NameOf<T>}`
      : T extends { toJSON(): infer Json }
        ? OffenderIn<Json, Path, Below[Left]>
        : T extends readonly (infer Item)[]
          ? OffenderIn<Item, `${Path}[]`, Below[Left]>
          : T extends object
            ? MemberOffender<T, Path, Below[Left]>
            : never
    : never

type MemberOffender<T, Path extends string, Left extends Levels> = {
  [Key in keyof T & string]-?: [T[Key]] extends [Callable | undefined]
    ? never
    : OffenderIn<T[Key], `${Path}.${Key}`, Left>
}[keyof T & string]

type NameOf<T> = T extends bigint
  ? "a bigint"
  : T extends symbol
    ? "a symbol"
    : T extends Callable
      ? "a function"
      : T extends PromiseLike<unknown>
        ? "a promise that was not awaited"
        : T extends ArrayBufferView | ArrayBuffer
          ? "bytes: wrap them in `file()` or `image()`"
          : T extends ReadonlyMap<unknown, unknown>
            ? "a Map"
            : T extends ReadonlySet<unknown>
              ? "a Set"
              : T extends Error
                ? "an Error"
                : T extends Body
                  ? "a body: await its `json()` or `text()`"
                  : T extends Stream
                    ? "a stream"
                    : T extends IteratorWithHelpers
                      ? "an iterator"
                      : "not data"
