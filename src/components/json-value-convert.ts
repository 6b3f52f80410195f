import { NotSerializable, UnawaitedPromise } from "../errors/components.ts"
import { isIdentifier } from "../shared/characters.ts"
import { clip } from "../shared/clip.ts"
import type { JSONValue } from "../spec/index.ts"
import { isContent } from "./content-brand.ts"
import { MAX_JSON_DEPTH, MAX_JSON_NODES } from "./json-value-bounds.ts"
import { builtInFixes, primitiveFixes, problems } from "./json-value-problems.ts"

/**
 * Copies a returned value into plain JSON, explaining what is in the way.
 *
 * @throws {NotSerializable} FLEET-12
 * @throws {UnawaitedPromise} FLEET-02
 */
export function convertToJson(value: unknown, subject: string): JSONValue {
  return convert(value, { subject, path: [], ancestors: [], nodes: 0 })
}

interface Walk {
  readonly subject: string
  readonly path: (string | number)[]
  readonly ancestors: object[]
  nodes: number
}

function convert(value: unknown, walk: Walk): JSONValue {
  walk.nodes++
  if (walk.nodes > MAX_JSON_NODES) throw refusal(walk, problems.tooLarge)
  switch (typeof value) {
    case "string":
    case "boolean":
      return value
    case "number":
      if (Number.isFinite(value)) return value
      throw refusal(walk, { what: `\`${value}\``, fix: primitiveFixes.notFinite })
    case "bigint":
      throw refusal(walk, { what: `a BigInt (\`${clip(String(value), 60)}n\`)`, fix: primitiveFixes.bigint })
    case "symbol":
      throw refusal(walk, { what: "a symbol", fix: primitiveFixes.symbol })
    case "function":
      throw refusal(walk, { what: "a function", fix: primitiveFixes.function })
    case "undefined":
      throw refusal(walk, problems.undefined)
    case "object":
      return value === null ? null : convertObject(value, walk)
  }
}

function convertObject(value: object, walk: Walk): JSONValue {
  if (walk.ancestors.includes(value)) throw refusal(walk, problems.circular)
  if (walk.ancestors.length >= MAX_JSON_DEPTH) throw refusal(walk, problems.tooDeep)
  walk.ancestors.push(value)
  const json = Array.isArray(value) ? convertItems(value, walk) : convertNonArray(value, walk)
  walk.ancestors.pop()
  return json
}

function convertItems(items: readonly unknown[], walk: Walk): JSONValue {
  const json: JSONValue[] = []
  for (let index = 0; index < items.length; index++) {
    walk.path.push(index)
    if (items[index] === undefined && !(index in items)) throw refusal(walk, problems.hole)
    json.push(convert(items[index], walk))
    walk.path.pop()
  }
  return json
}

function convertNonArray(value: object, walk: Walk): JSONValue {
  if (isThenable(value)) throw new UnawaitedPromise(walk.subject, renderPath(walk.path))
  // Before toJSON: a Buffer has one, and it is not what anybody wants to send.
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) throw refusal(walk, problems.bytes)
  if (isContent(value)) throw refusal(walk, problems.content)
  if (isInvalidDate(value)) throw refusal(walk, problems.invalidDate)
  const toJson = readToJson(value)
  if (toJson !== undefined) return convertByToJson(value, toJson, walk)
  return convertMembers(value, walk)
}

function convertByToJson(value: object, toJson: (key: string) => unknown, walk: Walk): JSONValue {
  const json = callToJson(value, toJson, walk)
  return json === value ? convertMembers(value, walk) : convert(json, walk)
}

function callToJson(value: object, toJson: (key: string) => unknown, walk: Walk): unknown {
  try {
    return toJson.call(value, String(walk.path.at(-1) ?? ""))
  } catch (cause) {
    const what = "an object whose `toJSON` threw"
    throw refusal(walk, { what, fix: "Repair its `toJSON`, or return the fields you need.", cause })
  }
}

function convertMembers(value: object, walk: Walk): JSONValue {
  if (!isPlainObject(value)) assertDataObject(value, walk)
  else if (walk.path.length === 0 || Object.keys(value).length === 0) assertNoIterable(value, walk)
  const json: { [key: string]: JSONValue } = {}
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue
    walk.path.push(key)
    setMember(json, key, convert(member, walk))
    walk.path.pop()
  }
  return json
}

/** Class instances are sent as their own fields; what has none, or is built in, would become an empty object. */
function assertDataObject(value: object, walk: Walk): void {
  const tag = Object.prototype.toString.call(value).slice("[object ".length, -1)
  if (tag !== "Object") {
    const fix = builtInFixes[tag] ?? "Return the fields you need in a plain object."
    throw refusal(walk, { what: `an instance of \`${tag}\``, fix })
  }
  assertNoIterable(value, walk)
  if (Object.keys(value).length > 0) return
  const name = value.constructor?.name
  throw refusal(walk, {
    what: `an instance of \`${name}\` that has no enumerable fields of its own`,
    fix: "Give the class a `toJSON()`, or return the fields you need in a plain object.",
  })
}

function assertNoIterable(value: object, walk: Walk): void {
  if (isIterable(value)) throw refusal(walk, problems.iterable)
}

/** Assigns a member; `__proto__` is data like any other key, never the prototype. */
function setMember(json: { [key: string]: JSONValue }, key: string, value: JSONValue): void {
  if (key !== "__proto__") {
    json[key] = value
    return
  }
  Object.defineProperty(json, key, { value, enumerable: true, writable: true, configurable: true })
}

/** Tells whether an object was written as `{}`, in this realm or another, or has no prototype. */
export function isPlainObject(value: object): value is { readonly [key: string]: unknown } {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return true
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, "isPrototypeOf")
}

/** Tells whether an object that is no array can be iterated: what it would give is not sent with its fields. */
export function isIterable(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false
  return Symbol.iterator in value || Symbol.asyncIterator in value
}

function isThenable(value: object): boolean {
  return "then" in value && typeof value.then === "function"
}

function isInvalidDate(value: object): boolean {
  return value instanceof Date && Number.isNaN(value.getTime())
}

function readToJson(value: object): ((key: string) => unknown) | undefined {
  if (!("toJSON" in value) || typeof value.toJSON !== "function") return undefined
  // It is a function; that it takes a key is JSON.stringify's own contract.
  return value.toJSON as (key: string) => unknown
}

/** Renders a path as the author would write it: `result.items[2]["content-type"]`. */
function renderPath(path: readonly (string | number)[]): string {
  let text = "result"
  for (const key of path) {
    if (typeof key === "number") text += `[${key}]`
    else if (isIdentifier(key)) text += `.${clip(key, 60)}`
    else text += `[${JSON.stringify(clip(key, 60))}]`
  }
  return text.length <= 300 ? text : `${text.slice(0, 150)}…${text.slice(-149)}`
}

function refusal(walk: Walk, problem: { what: string; fix: string; cause?: unknown }): NotSerializable {
  return new NotSerializable(walk.subject, renderPath(walk.path), problem)
}
