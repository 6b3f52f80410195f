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
  const copy = copyObject(schema, copying)
  // Only what escapes and wider characters could carry beyond the bound is written out to be weighed.
  const isLarge = copying.bytes * mostBytes > schemaLimits.bytes
  if (isLarge && toUtf8(JSON.stringify(copy)).byteLength > schemaLimits.bytes) {
    throw new SchemaTooLarge(subject, `${schemaLimits.bytes / 1024} KiB`)
  }
  return copy
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
      return Array.isArray(value) ? copyArray(value, copying) : copyObject(value, copying)
    default:
      return refuse(copying, `is of type \`${typeof value}\``)
  }
}

function copyArray(list: readonly unknown[], copying: Copying): readonly unknown[] {
  if (list.length > schemaLimits.values) {
    throw new SchemaTooLarge(copying.subject, `${schemaLimits.values} values`)
  }
  enter(list, copying)
  const copy: unknown[] = []
  for (let at = 0; at < list.length; at++) {
    copying.tokens.push(String(at))
    copy.push(copyValue(own(list, String(at), copying), copying))
    copying.tokens.pop()
  }
  copying.open.pop()
  return Object.freeze(copy)
}

function copyObject(source: object, copying: Copying): JsonSchema {
  const prototype: unknown = Object.getPrototypeOf(source)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) refuse(copying, "is a class instance")
  enter(source, copying)
  const copy: { [key: string]: unknown } = {}
  for (const key of Object.keys(source)) {
    copying.tokens.push(key)
    // Assigning to it would set the prototype of the copy, here and in whatever merges it later.
    if (key === "__proto__") refuse(copying, "has a name that no object can safely carry")
    const value = own(source, key, copying)
    count(copying, key.length + 3)
    if (value !== undefined) copy[key] = copyValue(value, copying)
    copying.tokens.pop()
  }
  copying.open.pop()
  return Object.freeze(copy)
}

/** Reads a property without running the code of a getter. */
function own(holder: object, key: string, copying: Copying): unknown {
  const property = Object.getOwnPropertyDescriptor(holder, key)
  if (property !== undefined && !("value" in property)) refuse(copying, "is a getter")
  return property?.value
}

function enter(holder: object, copying: Copying): void {
  if (copying.open.includes(holder)) refuse(copying, "contains itself")
  if (copying.open.length >= schemaLimits.nesting) {
    throw new SchemaTooLarge(copying.subject, `${schemaLimits.nesting} values inside one another`)
  }
  copying.open.push(holder)
}

function count(copying: Copying, bytes: number): void {
  copying.values++
  copying.bytes += bytes
  if (copying.values > schemaLimits.values) {
    throw new SchemaTooLarge(copying.subject, `${schemaLimits.values} values`)
  }
  if (copying.bytes > schemaLimits.bytes) {
    throw new SchemaTooLarge(copying.subject, `${schemaLimits.bytes / 1024} KiB`)
  }
}

function refuse(copying: Copying, what: string): never {
  throw new InexpressibleSchema(copying.subject, pointerOf(copying.tokens), {
    what,
    fix: "Give plain JSON: objects, arrays, strings, finite numbers, booleans and null.",
  })
}
