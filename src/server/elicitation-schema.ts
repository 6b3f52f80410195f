import { NotAForm } from "../errors/elicitation.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import type { JsonSchema } from "../schema/schema.ts"
import { isTexts } from "../shared/is-texts.ts"

/** Whether a schema is of an object, whose fields are asked for side by side. */
export function isFieldList({ type, properties }: JsonSchema): boolean {
  return type === "object" || isObject(properties)
}

/**
 * Reduces the JSON Schema of an object to what a form can ask: strings, numbers, booleans and choices, side by side.
 *
 * @throws {NotAForm} A property is nested or of a type that forms do not have, or properties have no names.
 * @see S28/client/elicitation#requested-schema
 */
export function toElicitationSchema(schema: JsonSchema): JsonSchema {
  const { properties, required } = schema
  if (properties === undefined && nameless.some((keyword) => typeof (schema[keyword] ?? false) !== "boolean"))
    throw new NotAForm(undefined, "an object whose fields are not named one by one")
  const fields = isObject(properties) ? properties : {}
  const form: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(fields)) form[name] = toField(name, inlined(field, schema))
  return Object.freeze({
    type: "object",
    properties: form,
    ...(Array.isArray(required) && required.length > 0 ? { required } : undefined),
  })
}

/**
 * Reduces the JSON Schema of a single value to what a field of a form can ask.
 *
 * @throws {NotAForm}
 */
export function toElicitationField(schema: JsonSchema): JsonSchema {
  return toField(undefined, inlined(schema, schema))
}

/** What says that an object has fields without naming them. */
const nameless = [
  "additionalProperties",
  "patternProperties",
  "propertyNames",
  "allOf",
  "anyOf",
  "oneOf",
  "$ref",
]

/** A definition that is large and used more than once is still referred to: a form must hold it itself. */
function inlined(field: unknown, root: JsonSchema): unknown {
  const own = definition(field, root)
  return isObject(own) && own.items !== undefined ? { ...own, items: definition(own.items, root) } : own
}

function definition(field: unknown, { $defs }: JsonSchema): unknown {
  if (!isObject(field) || typeof field.$ref !== "string" || !isObject($defs)) return field
  const { $ref, ...beside } = field
  const name = $ref.startsWith("#/$defs/") ? $ref.slice("#/$defs/".length) : ""
  const target = Object.hasOwn($defs, name) ? $defs[name] : undefined
  return isObject(target) ? { ...target, ...beside } : field
}

function toField(name: string | undefined, field: unknown): JsonSchema {
  if (!isObject(field)) throw new NotAForm(name, "any value")
  const kept = keep(field, ["title", "description", "default"])
  const choices = typeof field.const === "string" ? [field.const] : field.enum
  if (choices !== undefined && !isTexts(choices))
    throw new NotAForm(name, "a choice of something else than texts")
  if (choices !== undefined) return { type: "string", ...kept, enum: choices, ...keep(field, ["enumNames"]) }
  const options = titledOptions(field)
  if (options !== undefined) return { type: "string", ...kept, oneOf: options }
  switch (field.type) {
    case "string":
      return { type: "string", ...kept, ...stringLimits(field) }
    case "number":
    case "integer":
      return { type: field.type, ...kept, ...keep(field, ["minimum", "maximum"]) }
    case "boolean":
      return { type: "boolean", ...kept }
    case "array":
      return {
        type: "array",
        ...kept,
        ...keep(field, ["minItems", "maxItems"]),
        items: toItems(name, field.items),
      }
    default:
      throw new NotAForm(name, otherKind(field))
  }
}

function otherKind({ type, anyOf, oneOf }: Record<string, unknown>): string {
  if (typeof type === "string") return `of type \`${type}\``
  return type === undefined && anyOf === undefined && oneOf === undefined ? "without a type" : "a union"
}

function toItems(name: string | undefined, items: unknown): JsonSchema {
  if (!isObject(items)) throw new NotAForm(name, "an array of any values")
  if (isTexts(items.enum)) return { type: "string", enum: items.enum }
  const options = titledOptions(items)
  if (options !== undefined) return { anyOf: options }
  throw new NotAForm(name, "an array of something else than choices")
}

/** Choices with titles: `oneOf` or `anyOf` of `{ const, title }`. */
function titledOptions(field: Record<string, unknown>): readonly JsonSchema[] | undefined {
  const branches = field.oneOf ?? field.anyOf
  if (!Array.isArray(branches) || branches.length === 0) return undefined
  const options = branches.map((branch) =>
    isObject(branch) && typeof branch.const === "string"
      ? { const: branch.const, title: typeof branch.title === "string" ? branch.title : branch.const }
      : undefined,
  )
  return options.every((option) => option !== undefined) ? options : undefined
}

function stringLimits(field: Record<string, unknown>): JsonSchema {
  const format = formFormats.has(field.format) ? { format: field.format } : undefined
  return { ...keep(field, ["minLength", "maxLength"]), ...format }
}

// What else a schema knows (patterns, other formats) is checked when the answer comes.
const formFormats: ReadonlySet<unknown> = /* @__PURE__ */ new Set(["email", "uri", "date", "date-time"])

function keep(field: Record<string, unknown>, keywords: readonly string[]): JsonSchema {
  return Object.fromEntries(
    keywords.filter((keyword) => field[keyword] !== undefined).map((keyword) => [keyword, field[keyword]]),
  )
}
