import { UnsupportedDialect } from "../errors/schema.ts"
import { annotationKeywords, isObject, isSubschema, mapSubschemas, type Subschema } from "./keywords.ts"
import type { JsonSchema } from "./schema.ts"

const current = "https://json-schema.org/draft/2020-12/schema"

/** Dialects that are rewritten as 2020-12; in those before 2019-09 a `$ref` hides its siblings. */
const older: { readonly [dialect: string]: { readonly refAlone: boolean } } = {
  "https://json-schema.org/draft/2019-09/schema": { refAlone: false },
  "http://json-schema.org/draft-07/schema": { refAlone: true },
  "http://json-schema.org/draft-06/schema": { refAlone: true },
}

/**
 * Gives a schema in the dialect 2020-12, rewriting what older dialects say differently: `definitions`, lists
 * under `items`, `additionalItems`, `dependencies`, and keywords that a `$ref` hides.
 *
 * @throws UnsupportedDialect for any other dialect.
 * @see JSON Schema 2020-12 core §8.1.1
 */
export function toCurrentDialect(schema: JsonSchema, subject: string): JsonSchema {
  const declared = schema.$schema
  if (declared === undefined) return schema
  const dialect = typeof declared === "string" ? declared.replace(/#$/, "") : ""
  if (dialect === current) return schema
  const row = Object.hasOwn(older, dialect) ? older[dialect] : undefined
  if (row === undefined) throw new UnsupportedDialect(subject, String(declared).slice(0, 200))
  const { $schema: _, ...rest } = upgrade(schema, row.refAlone)
  return { $schema: current, ...rest }
}

function upgrade(schema: JsonSchema, refAlone: boolean): JsonSchema {
  const alone = refAlone && typeof schema.$ref === "string"
  const visible = alone ? withoutHidden(schema) : schema
  const copy = mapSubschemas(upgradeKeywords(visible), (child) => upgradeChild(child, refAlone))
  // Without a recursive anchor, which single documents do not need, it is a plain reference.
  if (copy.$ref === undefined && copy.$recursiveRef === "#") copy.$ref = "#"
  if (typeof copy.$ref === "string") copy.$ref = upgradeRef(copy.$ref)
  return copy
}

function upgradeChild(child: Subschema, refAlone: boolean): Subschema {
  return typeof child === "boolean" ? child : upgrade(child, refAlone)
}

/** Keeps of the keywords beside a `$ref` those that only describe. */
function withoutHidden(schema: JsonSchema): JsonSchema {
  const kept = ["$ref", "$schema", "definitions", "$defs", ...annotationKeywords]
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => kept.includes(keyword)))
}

function upgradeKeywords(schema: JsonSchema): JsonSchema {
  const copy: { [keyword: string]: unknown } = {}
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === "definitions")
      copy.$defs = isObject(copy.$defs) ? { ...copy.$defs, ...object(value) } : value
    else if (keyword === "$defs")
      copy.$defs = isObject(copy.$defs) ? { ...object(value), ...copy.$defs } : value
    else if (keyword === "items" && Array.isArray(value)) copy.prefixItems = value
    else if (keyword === "additionalItems") {
      // Without a list under `items` it says nothing.
      if (Array.isArray(schema.items)) copy.items = value
    } else if (keyword === "dependencies" && isObject(value)) Object.assign(copy, splitDependencies(value))
    else copy[keyword] = value
  }
  return copy
}

function splitDependencies(dependencies: { readonly [name: string]: unknown }): JsonSchema {
  const entries = Object.entries(dependencies)
  const required = entries.filter(([, value]) => Array.isArray(value))
  const schemas = entries.filter(([, value]) => isSubschema(value))
  return {
    ...(required.length > 0 && { dependentRequired: Object.fromEntries(required) }),
    ...(schemas.length > 0 && { dependentSchemas: Object.fromEntries(schemas) }),
  }
}

/** Moves a local reference along with what `upgradeKeywords` moved. */
function upgradeRef(ref: string): string {
  return ref.startsWith("#/") ? ref.replace(/\/definitions(?=\/|$)/g, "/$defs") : ref
}

function object(value: unknown): { readonly [name: string]: unknown } {
  return isObject(value) ? value : {}
}
