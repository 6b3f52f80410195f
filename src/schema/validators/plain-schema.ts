import { formats } from "../formats.ts"
import { isObject, mapSubschemas, type Subschema } from "../keywords.ts"
import { runsNatively } from "../own-pattern.ts"
import type { JsonSchema } from "../schema.ts"
import { literalsOf } from "../words.ts"
import type { Document } from "./check.ts"

/** The keywords that generated code reads as the specification does, at a cost the value bounds. */
const shared = [
  "type",
  "enum",
  "const",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "minLength",
  "maxLength",
  "pattern",
  "minItems",
  "maxItems",
  "minProperties",
  "maxProperties",
  "required",
  "dependentRequired",
  "properties",
  "patternProperties",
  "additionalProperties",
  "propertyNames",
  "dependentSchemas",
  "items",
  "prefixItems",
  "allOf",
  "anyOf",
  "oneOf",
  "not",
  "if",
  "then",
  "else",
]

/** Keywords that generated code reads otherwise (rounding, annotations) or in a time nothing bounds. */
const special = ["unevaluatedProperties", "unevaluatedItems", "uniqueItems", "multipleOf", "contains"]

/**
 * Reduces a schema to what decides verdicts, with references to one list of definitions, for a generator that
 * also reads keywords JSON Schema does not have. Gives `undefined` for a schema that must not be generated: one
 * with special keywords or patterns that could be slow, or a recursive one, whose code would follow a value to any
 * depth.
 */
export function plainSchema(document: Document): JsonSchema | undefined {
  const definitions = new Map<JsonSchema, { readonly name: string; json: Subschema | undefined }>()
  let plain = true
  const reduce = (schema: Subschema): Subschema => {
    if (typeof schema === "boolean") return schema
    if (special.some((keyword) => Object.hasOwn(schema, keyword)) || hasComposedLiteral(schema)) plain = false
    if (!patternsOf(schema).every(runsNatively)) plain = false
    const kept = Object.fromEntries(
      Object.entries(schema).filter(
        ([keyword, value]) => shared.includes(keyword) || isKnownFormat(keyword, value),
      ),
    )
    const reduced = mapSubschemas(kept, reduce)
    const target = document.refs.targets.get(schema)
    return target === undefined ? reduced : withRef(reduced, refer(target.schema))
  }
  const refer = (target: Subschema): Subschema => {
    if (typeof target === "boolean") return target
    const known = definitions.get(target)
    if (known !== undefined) {
      // Still being reduced: it is reached from inside itself.
      if (known.json === undefined) plain = false
      return { $ref: `#/$defs/${known.name}` }
    }
    const definition = { name: String(definitions.size), json: undefined as Subschema | undefined } // filled below
    definitions.set(target, definition)
    definition.json = reduce(target)
    return { $ref: `#/$defs/${definition.name}` }
  }
  const root = reduce(document.json)
  if (!plain || typeof root === "boolean") return undefined
  return {
    ...root,
    $defs: Object.fromEntries([...definitions.values()].map(({ name, json }) => [name, json])),
  }
}

function patternsOf({ pattern, patternProperties }: JsonSchema): readonly string[] {
  const names = isObject(patternProperties) ? Object.keys(patternProperties) : []
  return typeof pattern === "string" ? [pattern, ...names] : names
}

function withRef(schema: JsonSchema, reference: Subschema): JsonSchema {
  return { ...schema, allOf: [reference, ...(Array.isArray(schema.allOf) ? schema.allOf : [])] }
}

/** The comparison in generated code throws at a value that has a property such as `valueOf`. */
function hasComposedLiteral(schema: JsonSchema): boolean {
  return (literalsOf(schema) ?? []).some((value) => typeof value === "object" && value !== null)
}

function isKnownFormat(keyword: string, value: unknown): boolean {
  return keyword === "format" && typeof value === "string" && Object.hasOwn(formats, value)
}
