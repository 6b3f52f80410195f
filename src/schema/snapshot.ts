import { InexpressibleSchema, SchemaTooLarge } from "../errors/schema.ts"
import { toUtf8 } from "../shared/utf8.ts"
import { pointerOf } from "./keywords.ts"
import type { JsonSchema } from "./schema.ts"

/** The bounds on a schema; beyond them it is refused at registration. */
export const schemaLimits: Readonly<Record<"depth" | "subschemas" | "bytes" | "nesting" | "values", number>> =
  {
    /** Subschemas inside one another. */
    depth: 64,
    /** Subschemas in all. */
    subschemas: 5_000,
    /** UTF-8 bytes of the whole. */
    bytes: 256 * 1024,
    /** JSON values inside one another, counting what is no schema, such as `default`. */
    nesting: 256,
    /** JSON values in all. */
    values: 50_000,
  }

const mostBytesInWords = `${schemaLimits.bytes / 1024} KiB`

/** Bytes of JSON that one character of a text may need: `\u0000`. */
const mostBytes = 6

interface Copying {
  readonly subject: string
  readonly tokens: string[]
  /** What is being copied: each inside the one before it, a few at most. */
  readonly open: object[]
  values: number
  bytes: number
}

/**
 * Copies a schema that a user, a library or a peer gave, as plain JSON that nobody else holds. Getters, cycles,
 * class instances and what JSON lacks are refused, as is anything beyond {@link schemaLimits}. The copy is frozen.
 *
 * @throws InexpressibleSchema for what JSON cannot say.
 * @throws SchemaTooLarge beyond the bounds.
 */
export function snapshot(schema: object, subject: string): JsonSchema {
  const copying: Copying = { subject, tokens: [], open: [], values: 0, bytes: 0 }
  let copy = copyAtOnce(schema, copying, 0)
  if (copy === undefined) {
    copying.values = 0
    copying.bytes = 0
    copy = copyObject(schema, copying)
  }
  // Only what escapes and wider characters could carry beyond the bound is written out to be weighed.
  const isLarge = copying.bytes * mostBytes > schemaLimits.bytes
  if (isLarge && toUtf8(JSON.stringify(copy)).byteLength > schemaLimits.bytes) {
    tooLarge({ subject }, mostBytesInWords)
  }
  return copy as JsonSchema
}

const { __lookupGetter__: getterOf } = Object.prototype as unknown as {
  __lookupGetter__: (this: object, key: PropertyKey) => unknown
}

/**
 * Copies what is plain JSON at first sight, as nearly every schema is, and gives nothing for what needs the closer look
 * of {@link copyObject}, which says what is wrong and where. A server of a thousand tools starts by copying a thousand
 * schemas with code that is not warm yet: so no path is kept, and asking for a getter makes no descriptor.
 */
function copyAtOnce(source: object, copying: Copying, depth: number): object | undefined {
  const isList = Array.isArray(source)
  if (depth >= schemaLimits.nesting || (isList && source.length > schemaLimits.values)) return undefined
  if (Object.getPrototypeOf(source) !== (isList ? Array.prototype : Object.prototype)) return undefined
  if (Object.getOwnPropertySymbols(source).length > 0) return undefined
  for (const key in source) {
    if (key === "__proto__" || getterOf.call(source, key) !== undefined) return undefined
    copying.bytes += key.length + 5
    copying.values++
  }
  if (copying.values > schemaLimits.values || copying.bytes > schemaLimits.bytes) return undefined
  // Copied as a whole, it keeps the shape that the engine knows.
  const copy = (isList ? [...source] : { ...source }) as { [key: string]: unknown }
  for (const key in copy) {
    const value = copy[key]
    if (typeof value === "string") copying.bytes += value.length
    else if (typeof value === "object") {
      if (value === null) continue
      const part = copyAtOnce(value, copying, depth + 1)
      if (part === undefined) return undefined
      copy[key] = part
    } else if (typeof value !== "boolean" && !Number.isFinite(value)) return undefined
  }
  return Object.freeze(copy)
}

/** Freezes a JSON value and everything inside it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const part of Object.values(value)) deepFreeze(part)
  return value
}

function copyValue(value: unknown, copying: Copying): unknown {
  count(copying, typeof value === "string" ? value.length + 2 : 2)
  switch (typeof value) {
    case "string":
    case "boolean":
      return value
    case "number":
      if (!Number.isFinite(value)) refuse(copying, `is the number \`${value}\``)
      return value
    case "object":
      if (value === null) return null
      return copyObject(value, copying)
    default:
      return refuse(copying, `is of type \`${typeof value}\``)
  }
}

function copyObject(source: object, copying: Copying): JsonSchema {
  const isList = Array.isArray(source)
  if (isList && source.length > schemaLimits.values) tooLarge(copying, `${schemaLimits.values} values`)
  const prototype: unknown = Object.getPrototypeOf(source)
  if (!isList && prototype !== null && Object.getPrototypeOf(prototype) !== null)
    refuse(copying, "is a class instance")
  if (copying.open.includes(source)) refuse(copying, "contains itself")
  if (copying.open.length >= schemaLimits.nesting)
    tooLarge(copying, `${schemaLimits.nesting} values inside one another`)
  copying.open.push(source)
  // A list may have holes, which are no keys of it.
  const keys = isList ? Array.from({ length: source.length }, (_, at) => String(at)) : Object.keys(source)
  const copy = (isList ? [] : {}) as { [key: string]: unknown }
  for (const key of keys) {
    copying.tokens.push(key)
    // Assigning to it would set the prototype of the copy, here and in whatever merges it later.
    if (key === "__proto__") refuse(copying, "has a name that no object can safely carry")
    const property = Object.getOwnPropertyDescriptor(source, key)
    if (property !== undefined && !("value" in property)) refuse(copying, "is a getter")
    const value: unknown = property?.value
    count(copying, key.length + 3)
    if (value !== undefined || isList) copy[key] = copyValue(value, copying)
    copying.tokens.pop()
  }
  copying.open.pop()
  return Object.freeze(copy)
}

function count(copying: Copying, bytes: number): void {
  copying.values++
  copying.bytes += bytes
  if (copying.values > schemaLimits.values) {
    tooLarge(copying, `${schemaLimits.values} values`)
  }
  if (copying.bytes > schemaLimits.bytes) tooLarge(copying, mostBytesInWords)
}

function tooLarge({ subject }: Pick<Copying, "subject">, bound: string): never {
  throw new SchemaTooLarge(subject, bound)
}

function refuse(copying: Copying, what: string): never {
  throw new InexpressibleSchema(copying.subject, pointerOf(copying.tokens), {
    what,
    fix: "Give plain JSON: objects, arrays, strings, finite numbers, booleans and null.",
  })
}
