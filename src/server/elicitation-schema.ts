import { NotAForm } from "../errors/elicitation.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import type { JsonSchema } from "../schema/schema.ts"

/**
 * Reduces a JSON Schema to what a form can ask: a flat object of strings, numbers, booleans and choices.
 *
 * @throws {NotAForm} A property is nested or of a type that forms do not have.
 * @see S28/client/elicitation#requested-schema
 */
export function toElicitationSchema(schema: JsonSchema): JsonSchema {
  const { properties, required } = schema
  const fields = isObject(properties) ? properties : {}
  const form: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(fields)) form[name] = toField(name, field)
  return Object.freeze({
    type: "object",
    properties: form,
    ...(Array.isArray(required) && required.length > 0 ? { required } : undefined),
  })
}

function toField(name: string, field: unknown): JsonSchema {
  if (!isObject(field)) throw new NotAForm(name, "any value")
  const kept = keep(field, ["title", "description", "default"])
  if (field.enum !== undefined && !isTexts(field.enum))
    throw new NotAForm(name, "a choice of something else than texts")
  if (field.enum !== undefined) return { type: "string", ...kept, ...keep(field, ["enum", "enumNames"]) }
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
      throw new NotAForm(name, typeof field.type === "string" ? `of type \`${field.type}\`` : "a union")
  }
}

function toItems(name: string, items: unknown): JsonSchema {
  if (!isObject(items)) throw new NotAForm(name, "an array of any values")
  if (isTexts(items.enum)) return { type: "string", enum: items.enum }
  const options = titledOptions(items)
  if (options !== undefined) return { anyOf: options }
  throw new NotAForm(name, "an array of something else than choices")
}

function isTexts(values: unknown): boolean {
  return Array.isArray(values) && values.every((value) => typeof value === "string")
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
