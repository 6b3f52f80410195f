import { isObject, isSubschema, type Subschema } from "./keywords.ts"
import type { Refs } from "./refs.ts"
import type { JsonSchema } from "./schema.ts"
import { admits, branchesOf, literalsOf, type TypeName, typeOf, typesOf } from "./words.ts"

/** The longest text that is read as JSON, and the deepest value that is looked into. */
const longestText = 1_048_576
const deepest = 64

/** Schemas applied to one value and its parts: several may lead to the same ones, so that they multiply. */
const mostSteps = 1_000_000

/**
 * Reads a value the way its sender may have meant it, led by a JSON Schema: `"10"` where a number is wanted,
 * `"true"` and `"false"` for booleans, `"null"` for null, and JSON text for arrays and objects, which some hosts
 * encode twice. Where a string is allowed it stays a string; numbers never become strings. What needs no reading
 * is returned as it is, and the given value is never changed.
 */
export function coerce(schema: Subschema, value: unknown, refs: Refs): unknown {
  return coerceAt(schema, value, { refs, depth: 0, spent: { steps: 0 } })
}

interface Coercing {
  readonly refs: Refs
  readonly depth: number
  readonly spent: { steps: number }
}

function coerceAt(schema: Subschema, value: unknown, coercing: Coercing): unknown {
  if (typeof schema === "boolean" || coercing.depth > deepest || ++coercing.spent.steps > mostSteps)
    return value
  const read = typeof value === "string" ? readText(value, typesOf(schema, coercing.refs)) : value
  return typeof read === "object" && read !== null ? coerceParts(schema, read, coercing) : read
}

/** Reads a text as the one thing among the wanted types that it can be. */
function readText(text: string, wanted: readonly string[] | undefined): unknown {
  if (wanted === undefined || wanted.includes("string")) return text
  const trimmed = text.trim()
  if (wanted.includes("integer") || wanted.includes("number")) {
    const number = readNumber(trimmed, wanted)
    if (number !== undefined) return number
  }
  const word = trimmed.toLowerCase()
  if (wanted.includes("boolean") && (word === "true" || word === "false")) return word === "true"
  if (wanted.includes("null") && word === "null") return null
  if ((wanted.includes("object") && trimmed[0] === "{") || (wanted.includes("array") && trimmed[0] === "[")) {
    return readJson(trimmed, wanted) ?? text
  }
  return text
}

function readNumber(text: string, wanted: readonly string[]): number | undefined {
  if (!/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text)) return undefined
  const number = Number(text)
  // Beyond the safe integers digits would be lost in silence.
  if (!Number.isFinite(number) || (Number.isInteger(number) && !Number.isSafeInteger(number)))
    return undefined
  return admits(wanted, typeOf(number)) ? number : undefined
}

function readJson(text: string, wanted: readonly string[]): unknown {
  if (text.length > longestText) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return admits(wanted, typeOf(value)) ? value : undefined
  } catch {
    // Not JSON: it stays the text it is, and is refused as such.
    return undefined
  }
}

/** Goes on inside an array or object, by the schema itself and by those it is composed of. */
function coerceParts(schema: JsonSchema, value: object, coercing: Coercing): unknown {
  const deeper = { ...coercing, depth: coercing.depth + 1 }
  const own: unknown = Array.isArray(value)
    ? coerceItems(schema, value, deeper)
    : coerceProperties(schema, value, deeper)
  const target = coercing.refs.targets.get(schema)?.schema
  const all = Array.isArray(schema.allOf) ? schema.allOf.filter(isSubschema) : []
  const branch = branchFor(branchesOf(schema) ?? [], own, coercing.refs)
  const parts = [target, ...all, branch].filter((part) => part !== undefined)
  return parts.reduce<unknown>((current, part) => coerceAt(part, current, deeper), own)
}

function coerceItems(schema: JsonSchema, list: readonly unknown[], coercing: Coercing): readonly unknown[] {
  const first = Array.isArray(schema.prefixItems) ? schema.prefixItems : []
  let copy: unknown[] | undefined
  for (const [at, item] of list.entries()) {
    const itemSchema: unknown = first[at] ?? schema.items
    const read = isSubschema(itemSchema) ? coerceAt(itemSchema, item, coercing) : item
    if (read === item) continue
    copy ??= [...list]
    copy[at] = read
  }
  return copy ?? list
}

function coerceProperties(schema: JsonSchema, value: object, coercing: Coercing): object {
  const properties = isObject(schema.properties) ? schema.properties : {}
  let copy: { [name: string]: unknown } | undefined
  for (const [name, part] of Object.entries(value)) {
    const property = Object.hasOwn(properties, name) ? properties[name] : schema.additionalProperties
    const read: unknown = isSubschema(property) ? coerceAt(property, part, coercing) : part
    if (read === part) continue
    copy ??= { ...value }
    // Defined, not assigned: a name such as `__proto__` must stay a name.
    Object.defineProperty(copy, name, { value: read, enumerable: true, writable: true, configurable: true })
  }
  return copy ?? value
}

/** The branch of a choice that a value means: by the literals it carries, else the only one of its type. */
function branchFor(branches: readonly Subschema[], value: unknown, refs: Refs): Subschema | undefined {
  const type: TypeName | undefined = typeOf(value)
  const ofType = branches.filter((branch) => admits(typesOf(branch, refs) ?? [], type))
  if (ofType.length <= 1) return ofType[0]
  const named = ofType.filter((branch) => carriesLiterals(branch, value, refs))
  return named.length === 1 ? named[0] : undefined
}

function carriesLiterals(branch: Subschema, value: unknown, refs: Refs): boolean {
  const schema = typeof branch === "object" ? (refs.targets.get(branch)?.schema ?? branch) : branch
  if (typeof schema === "boolean" || !isObject(schema.properties) || !isObject(value)) return false
  const pinned = Object.entries(schema.properties).flatMap(([name, property]) => {
    const literals = isObject(property) ? literalsOf(property) : undefined
    return literals === undefined ? [] : [{ name, literals }]
  })
  return pinned.length > 0 && pinned.every(({ name, literals }) => literals.includes(value[name]))
}
