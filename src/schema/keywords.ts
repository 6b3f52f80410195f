import type { JsonSchema } from "./schema.ts"

/** A JSON Schema as it appears inside another one. */
export type Subschema = JsonSchema | boolean

/** One keyword that holds subschemas. */
export interface SubschemaKeyword {
  /** One schema, a list of schemas, or schemas by name. */
  readonly holds: "schema" | "list" | "map"
  /** What they are applied to: the value itself, a part of it, or nothing until they are referred to. */
  readonly applies: "value" | "part" | "never"
}

/** Every keyword of JSON Schema 2020-12 that holds subschemas, and `definitions`, which its meta-schema keeps. */
export const subschemaKeywords: { readonly [keyword: string]: SubschemaKeyword } = {
  $defs: { holds: "map", applies: "never" },
  definitions: { holds: "map", applies: "never" },
  allOf: { holds: "list", applies: "value" },
  anyOf: { holds: "list", applies: "value" },
  oneOf: { holds: "list", applies: "value" },
  not: { holds: "schema", applies: "value" },
  if: { holds: "schema", applies: "value" },
  // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema; nobody awaits this table.
  then: { holds: "schema", applies: "value" },
  else: { holds: "schema", applies: "value" },
  dependentSchemas: { holds: "map", applies: "value" },
  properties: { holds: "map", applies: "part" },
  patternProperties: { holds: "map", applies: "part" },
  additionalProperties: { holds: "schema", applies: "part" },
  unevaluatedProperties: { holds: "schema", applies: "part" },
  propertyNames: { holds: "schema", applies: "part" },
  prefixItems: { holds: "list", applies: "part" },
  items: { holds: "schema", applies: "part" },
  contains: { holds: "schema", applies: "part" },
  unevaluatedItems: { holds: "schema", applies: "part" },
  contentSchema: { holds: "schema", applies: "never" },
}

/** Keywords that only describe, and may therefore stand beside an inlined `$ref`. */
export const annotationKeywords: readonly string[] = [
  "title",
  "description",
  "default",
  "examples",
  "deprecated",
  "readOnly",
  "writeOnly",
  "$comment",
  "x-mcp-header",
]

/** Where a subschema sits in its parent: the keyword, and the index or name below it. */
export interface Child {
  readonly schema: Subschema
  readonly keyword: string
  readonly tokens: readonly string[]
  readonly applies: SubschemaKeyword["applies"]
}

/** Tells whether a value is a JSON object. */
export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** Tells whether a value can stand where a schema is expected. */
export function isSubschema(value: unknown): value is Subschema {
  return typeof value === "boolean" || isObject(value)
}

/** Lists the subschemas directly inside a schema; what is malformed is left out. */
export function childrenOf(schema: JsonSchema): Child[] {
  const children: Child[] = []
  for (const keyword of Object.keys(schema)) {
    if (!Object.hasOwn(subschemaKeywords, keyword)) continue
    const row = subschemaKeywords[keyword]
    const held = schema[keyword]
    if (row === undefined) continue
    for (const [token, value] of entriesOf(row.holds, held)) {
      if (!isSubschema(value)) continue
      const tokens = token === undefined ? [keyword] : [keyword, token]
      children.push({ schema: value, keyword, tokens, applies: row.applies })
    }
  }
  return children
}

/** Copies a schema, each of its subschemas replaced by what `change` makes of it; other keywords stay as they are. */
export function mapSubschemas(
  schema: JsonSchema,
  change: (child: Subschema) => Subschema,
): { [keyword: string]: unknown } {
  const copy: { [keyword: string]: unknown } = {}
  for (const keyword of Object.keys(schema)) {
    const row = Object.hasOwn(subschemaKeywords, keyword) ? subschemaKeywords[keyword] : undefined
    const held = schema[keyword]
    copy[keyword] = row === undefined ? held : mapHeld(row.holds, held, change)
  }
  return copy
}

/** Writes tokens as a JSON Pointer in a URI fragment, such as `#/properties/a~1b`. */
export function pointerOf(tokens: readonly (string | number)[]): string {
  return `#${tokens.map((token) => `/${String(token).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("")}`
}

function entriesOf(
  holds: SubschemaKeyword["holds"],
  held: unknown,
): (readonly [string | undefined, unknown])[] {
  if (holds === "schema") return [[undefined, held]]
  if (holds === "list") return Array.isArray(held) ? held.map((value, at) => [String(at), value]) : []
  return isObject(held) ? Object.entries(held) : []
}

function mapHeld(
  holds: SubschemaKeyword["holds"],
  held: unknown,
  change: (child: Subschema) => Subschema,
): unknown {
  const apply = (value: unknown) => (isSubschema(value) ? change(value) : value)
  if (holds === "schema") return apply(held)
  if (holds === "list") return Array.isArray(held) ? held.map(apply) : held
  if (!isObject(held)) return held
  return Object.fromEntries(Object.entries(held).map(([name, value]) => [name, apply(value)]))
}
