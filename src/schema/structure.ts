import { InvalidSchema, SchemaTooLarge } from "../errors/schema.ts"
import { childrenOf, isObject, isSubschema, pointerOf, subschemaKeywords } from "./keywords.ts"
import { compilePattern, type Origin } from "./pattern.ts"
import type { JsonSchema } from "./schema.ts"
import { schemaLimits } from "./snapshot.ts"

/** Whose schema is looked at, for messages and for how much it is trusted. */
export interface Subject {
  readonly subject: string
  readonly origin: Origin
}

const typeNames = ["string", "number", "integer", "boolean", "null", "array", "object"]

const shapes: { readonly [shape: string]: readonly [test: (value: unknown) => boolean, words: string] } = {
  string: [(value) => typeof value === "string", "must be a string"],
  boolean: [(value) => typeof value === "boolean", "must be true or false"],
  number: [(value) => typeof value === "number", "must be a number"],
  positive: [(value) => typeof value === "number" && value > 0, "must be a number above 0"],
  count: [(value) => Number.isInteger(value) && Number(value) >= 0, "must be a whole number from 0"],
  list: [Array.isArray, "must be a list"],
  names: [isNames, "must be a list of different property names"],
  nameLists: [
    (value) => isObject(value) && Object.values(value).every(isNames),
    "must map property names to lists of property names",
  ],
  type: [isType, `must be one of ${typeNames.join(", ")}, or a list of different ones of them`],
}

/** Keywords whose value decides a verdict. */
const assertions: { readonly [keyword: string]: keyof typeof shapes } = {
  $ref: "string",
  $id: "string",
  $anchor: "string",
  $dynamicRef: "string",
  $dynamicAnchor: "string",
  type: "type",
  enum: "list",
  required: "names",
  dependentRequired: "nameLists",
  minimum: "number",
  maximum: "number",
  exclusiveMinimum: "number",
  exclusiveMaximum: "number",
  multipleOf: "positive",
  minLength: "count",
  maxLength: "count",
  minItems: "count",
  maxItems: "count",
  minContains: "count",
  maxContains: "count",
  minProperties: "count",
  maxProperties: "count",
  uniqueItems: "boolean",
  pattern: "string",
  format: "string",
}

/** Keywords that only describe; those of a peer may be sloppy, since nothing is decided by them. */
const annotations: { readonly [keyword: string]: keyof typeof shapes } = {
  title: "string",
  description: "string",
  $comment: "string",
  examples: "list",
  deprecated: "boolean",
  readOnly: "boolean",
  writeOnly: "boolean",
  contentEncoding: "string",
  contentMediaType: "string",
}

/** Mistakes seen often enough to answer with the remedy. */
const remedies: { readonly [keyword: string]: string } = {
  items: "Tuples are `prefixItems` in JSON Schema 2020-12; or declare the older dialect with `$schema`.",
  required: "List the required names on the object, beside `properties`, not on the property.",
  exclusiveMinimum: "Since draft 6 it is the bound itself: write `exclusiveMinimum: 0`.",
  exclusiveMaximum: "Since draft 6 it is the bound itself: write `exclusiveMaximum: 0`.",
}

/**
 * Checks that every keyword of a schema has a value of the right shape and that patterns compile, within
 * the bounds on depth and number of subschemas.
 *
 * @throws InvalidSchema naming the place and the rule.
 * @throws SchemaTooLarge beyond the bounds.
 */
export function checkStructure(schema: JsonSchema, by: Subject, at: readonly string[] = []): number {
  let subschemas = 0
  const visit = (each: JsonSchema, tokens: readonly string[], depth: number): void => {
    subschemas++
    if (depth > schemaLimits.depth) throw new SchemaTooLarge(by.subject, `${schemaLimits.depth} levels`)
    if (subschemas > schemaLimits.subschemas) {
      throw new SchemaTooLarge(by.subject, `${schemaLimits.subschemas} subschemas`)
    }
    checkKeywords(each, tokens, by)
    for (const child of childrenOf(each)) {
      if (typeof child.schema !== "boolean") visit(child.schema, [...tokens, ...child.tokens], depth + 1)
    }
  }
  visit(schema, at, 1)
  return subschemas
}

function checkKeywords(schema: JsonSchema, tokens: readonly string[], by: Subject): void {
  for (const [keyword, value] of Object.entries(schema)) {
    const words = wrongShape(keyword, value, by.origin)
    if (words !== undefined) {
      throw new InvalidSchema(by.subject, pointerOf([...tokens, keyword]), {
        what: words,
        ...(Object.hasOwn(remedies, keyword) && { fix: remedies[keyword] ?? "" }),
      })
    }
  }
  if (typeof schema.pattern === "string") checkPattern(schema.pattern, [...tokens, "pattern"], by)
  if (isObject(schema.patternProperties)) {
    for (const pattern of Object.keys(schema.patternProperties)) {
      checkPattern(pattern, [...tokens, "patternProperties", pattern], by)
    }
  }
}

function wrongShape(keyword: string, value: unknown, origin: Origin): string | undefined {
  if (Object.hasOwn(subschemaKeywords, keyword)) return wrongSubschemas(keyword, value)
  const table = Object.hasOwn(assertions, keyword) || origin !== "own" ? assertions : annotations
  const shape = Object.hasOwn(table, keyword) ? shapes[table[keyword] ?? ""] : undefined
  if (shape === undefined) return undefined
  const [test, words] = shape
  return test(value) ? undefined : words
}

function wrongSubschemas(keyword: string, value: unknown): string | undefined {
  switch (subschemaKeywords[keyword]?.holds) {
    case "schema":
      return isSubschema(value) ? undefined : "must be a schema: an object, true or false"
    case "list":
      return Array.isArray(value) && value.length > 0 && value.every(isSubschema)
        ? undefined
        : "must be a list of at least one schema"
    case "map":
      return isObject(value) && Object.values(value).every(isSubschema)
        ? undefined
        : "must map names to schemas"
    default:
      return undefined
  }
}

function checkPattern(pattern: string, tokens: readonly string[], by: Subject): void {
  const compiled = compilePattern(pattern, by.origin)
  if (!("problem" in compiled)) return
  throw new InvalidSchema(by.subject, pointerOf(tokens), { what: compiled.problem })
}

function isNames(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((name) => typeof name === "string") &&
    new Set(value).size === value.length
  )
}

function isType(value: unknown): boolean {
  if (!Array.isArray(value)) return typeof value === "string" && typeNames.includes(value)
  return (
    value.length > 0 &&
    new Set(value).size === value.length &&
    value.every((name) => typeNames.includes(name))
  )
}
