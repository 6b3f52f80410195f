import { isObject } from "./keywords.ts"
import type { JsonSchema } from "./schema.ts"

/** Gives a value with its defaults filled in: the value itself when there is nothing to fill. */
type Fill = (value: unknown) => unknown

/**
 * Makes the filling-in of `default`s for a raw JSON Schema, as schema libraries do for theirs: for absent
 * properties of objects, also of objects inside objects and lists. Below a choice or a `$ref` nothing is filled.
 * The caller's value is never changed; `undefined` when the schema has no defaults.
 */
export function defaultsOf(schema: unknown): Fill | undefined {
  if (!isObject(schema)) return undefined
  const ofProperties = propertyDefaults(schema)
  // `items` describes what comes behind those that `prefixItems` describes.
  const ofItems = schema.prefixItems === undefined ? defaultsOf(schema.items) : undefined
  if (ofProperties === undefined && ofItems === undefined) return undefined
  return (value) => {
    if (Array.isArray(value)) return ofItems === undefined ? value : fillItems(value, ofItems)
    return isObject(value) && ofProperties !== undefined ? ofProperties(value) : value
  }
}

function propertyDefaults(schema: JsonSchema): ((value: JsonSchema) => JsonSchema) | undefined {
  if (!isObject(schema.properties)) return undefined
  const rows = Object.entries(schema.properties).flatMap(([name, property]) => {
    const inner = defaultsOf(property)
    const own = isObject(property) && Object.hasOwn(property, "default")
    return own || inner !== undefined ? [{ name, own, given: own ? property.default : undefined, inner }] : []
  })
  if (rows.length === 0) return undefined
  return (value) => {
    let copy: { [name: string]: unknown } | undefined
    for (const { name, own, given, inner } of rows) {
      const present = Object.hasOwn(value, name) && value[name] !== undefined
      if (!present && !own) continue
      const before = present ? value[name] : structuredClone(given)
      const after = inner === undefined ? before : inner(before)
      if (present && after === before) continue
      copy ??= { ...value }
      copy[name] = after
    }
    return copy ?? value
  }
}

function fillItems(list: readonly unknown[], fill: Fill): readonly unknown[] {
  let copy: unknown[] | undefined
  for (const [at, item] of list.entries()) {
    const filled = fill(item)
    if (filled === item) continue
    copy ??= [...list]
    copy[at] = filled
  }
  return copy ?? list
}
