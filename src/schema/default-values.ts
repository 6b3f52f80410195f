import { InvalidSchema } from "../errors/schema.ts"
import { isObject, pointerOf } from "./keywords.ts"
import { showLiterals } from "./literals.ts"
import type { JsonSchema } from "./schema.ts"

/**
 * Refuses a `default` that its own schema would refuse: it is filled in where nothing checks it any more.
 *
 * @throws InvalidSchema naming the place.
 */
export function assertDefaults(schema: unknown, subject: string, at: readonly string[] = []): void {
  if (!isObject(schema)) return
  if (at.length > 0 && Object.hasOwn(schema, "default") && !fits(schema, schema.default)) {
    throw new InvalidSchema(subject, pointerOf([...at, "default"]), {
      what: `is \`${showLiterals([schema.default])}\`, which the schema beside it refuses`,
      fix: "Correct the default, or allow it in the schema.",
    })
  }
  const properties = isObject(schema.properties) ? schema.properties : {}
  for (const [name, property] of Object.entries(properties)) {
    assertDefaults(property, subject, [...at, "properties", name])
  }
  assertDefaults(schema.items, subject, [...at, "items"])
}

/** Tells whether a schema takes a value, by the keywords that tell most; a reference or pattern refuses nothing here. */
function fits(schema: unknown, value: unknown): boolean {
  if (!isObject(schema)) return schema !== false
  const { type, const: only, enum: literals = only === undefined ? undefined : [only] } = schema
  if (type !== undefined && ![type].flat().some((name) => isOfType(name, value))) return false
  if (Array.isArray(literals) && !isComposed(value) && !literals.includes(value)) return false
  return fitsChoices(schema, value) && fitsBounds(schema, value) && fitsParts(schema, value)
}

function isOfType(name: unknown, value: unknown): boolean {
  if (name === "integer") return Number.isInteger(value)
  return name === (value === null ? "null" : Array.isArray(value) ? "array" : typeof value)
}

function isComposed(value: unknown): boolean {
  return typeof value === "object" && value !== null
}

function fitsChoices({ anyOf, oneOf, allOf }: JsonSchema, value: unknown): boolean {
  const isOne = (choice: unknown) => !Array.isArray(choice) || choice.some((each) => fits(each, value))
  return isOne(anyOf) && isOne(oneOf) && (!Array.isArray(allOf) || allOf.every((each) => fits(each, value)))
}

/** A bound that is not there is `NaN`, which nothing exceeds. */
function fitsBounds(schema: JsonSchema, value: unknown): boolean {
  const isInside = (size: number, least: string, most: string) =>
    !(size < Number(schema[least]) || size > Number(schema[most]))
  if (typeof value === "number") return isInside(value, "minimum", "maximum")
  if (typeof value === "string") return isInside(Array.from(value).length, "minLength", "maxLength")
  return !Array.isArray(value) || isInside(value.length, "minItems", "maxItems")
}

function fitsParts({ properties, items, prefixItems }: JsonSchema, value: unknown): boolean {
  if (Array.isArray(value)) return prefixItems !== undefined || value.every((item) => fits(items, item))
  if (!isObject(value) || !isObject(properties)) return true
  return Object.keys(properties).every(
    (name) => !Object.hasOwn(value, name) || fits(properties[name], value[name]),
  )
}
