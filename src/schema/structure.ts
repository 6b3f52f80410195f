import { InvalidSchema, SchemaTooLarge } from "../errors/schema.ts"
import { isTexts } from "../shared/is-texts.ts"
import { isObject, isSubschema, pointerOf, type SubschemaKeyword, subschemaKeywords } from "./keywords.ts"
import { compilePattern, type Origin } from "./pattern.ts"
import type { JsonSchema } from "./schema.ts"
import { schemaLimits } from "./snapshot.ts"

/** Whose schema is looked at, for messages and for how much it is trusted. */
export interface Subject {
  readonly subject: string
  readonly origin: Origin
}

const typeNames = ["string", "number", "integer", "boolean", "null", "array", "object"]

/** What the value of a keyword must be. */
interface Rule {
  readonly holds: (value: unknown) => boolean
  readonly words: string
}

const shapes = {
  string: { holds: (value) => typeof value === "string", words: "must be a string" },
  boolean: { holds: (value) => typeof value === "boolean", words: "must be true or false" },
  number: { holds: (value) => typeof value === "number", words: "must be a number" },
  positive: { holds: (value) => typeof value === "number" && value > 0, words: "must be a number above 0" },
  count: {
    holds: (value) => Number.isInteger(value) && Number(value) >= 0,
    words: "must be a whole number from 0",
  },
  list: { holds: Array.isArray, words: "must be a list" },
  names: { holds: isNames, words: "must be a list of different property names" },
  nameLists: {
    holds: (value) => isObject(value) && Object.values(value).every(isNames),
    words: "must map property names to lists of property names",
  },
  type: {
    holds: isType,
    words: `must be one of ${typeNames.join(", ")}, or a list of different ones of them`,
  },
} satisfies { readonly [shape: string]: Rule }

const subschemaShapes: { readonly [Holds in SubschemaKeyword["holds"]]: Rule } = {
  schema: { holds: isSubschema, words: "must be a schema: an object, true or false" },
  list: {
    holds: (value) => Array.isArray(value) && value.length > 0 && value.every(isSubschema),
    words: "must be a list of at least one schema",
  },
  map: {
    holds: (value) => isObject(value) && Object.values(value).every(isSubschema),
    words: "must map names to schemas",
  },
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

/** The rules of every keyword that has one. What only describes is looked at in schemas of our own alone. */
const rules: { readonly own: ReadonlyMap<string, Rule>; readonly peer: ReadonlyMap<string, Rule> } = {
  own: /* @__PURE__ */ rulesOf({ ...assertions, ...annotations }),
  peer: /* @__PURE__ */ rulesOf(assertions),
}

function rulesOf(table: { readonly [keyword: string]: keyof typeof shapes }): Map<string, Rule> {
  const found = new Map<string, Rule>()
  for (const [keyword, shape] of Object.entries(table)) found.set(keyword, shapes[shape])
  for (const [keyword, { holds }] of Object.entries(subschemaKeywords))
    found.set(keyword, subschemaShapes[holds])
  return found
}

/** One walk through a schema. Thousands of schemas are walked at start, so it leaves no garbage behind. */
interface Walk {
  readonly by: Subject
  readonly rules: ReadonlyMap<string, Rule>
  /** Where the walk is, from the root. */
  readonly tokens: string[]
  /** Every keyword met. */
  readonly keywords: Set<string>
  depth: number
  subschemas: number
}

/**
 * Checks that every keyword of a schema has a value of the right shape and that patterns compile, within
 * the bounds on depth and number of subschemas.
 *
 * @returns The keywords used anywhere in the schema, which tell what need not be looked for in it.
 * @throws InvalidSchema naming the place and the rule.
 * @throws SchemaTooLarge beyond the bounds.
 */
export function checkStructure(
  schema: JsonSchema,
  by: Subject,
  at: readonly string[] = [],
): ReadonlySet<string> {
  const keywords = new Set<string>()
  const walk: Walk = {
    by,
    rules: by.origin === "own" ? rules.own : rules.peer,
    tokens: [...at],
    keywords,
    depth: 0,
    subschemas: 0,
  }
  visit(schema, walk)
  return keywords
}

function visit(schema: JsonSchema, walk: Walk): void {
  const { subject } = walk.by
  walk.depth++
  walk.subschemas++
  if (walk.depth > schemaLimits.depth) throw new SchemaTooLarge(subject, `${schemaLimits.depth} levels`)
  if (walk.subschemas > schemaLimits.subschemas) {
    throw new SchemaTooLarge(subject, `${schemaLimits.subschemas} subschemas`)
  }
  for (const keyword of Object.keys(schema)) {
    walk.keywords.add(keyword)
    walk.tokens.push(keyword)
    checkKeyword(keyword, schema[keyword], walk)
    walk.tokens.pop()
  }
  walk.depth--
}

function checkKeyword(keyword: string, value: unknown, walk: Walk): void {
  const rule = walk.rules.get(keyword)
  if (rule === undefined) return
  if (!rule.holds(value)) {
    throw new InvalidSchema(walk.by.subject, pointerOf(walk.tokens), {
      what: rule.words,
      ...(Object.hasOwn(remedies, keyword) && { fix: remedies[keyword] ?? "" }),
    })
  }
  if (keyword === "pattern") checkPattern(String(value), walk.tokens, walk.by)
  else if (rule === subschemaShapes.schema) visitSubschema(value, walk)
  else if (rule === subschemaShapes.list || rule === subschemaShapes.map) visitEach(keyword, value, walk)
}

function visitEach(keyword: string, held: unknown, walk: Walk): void {
  if (!isObject(held) && !Array.isArray(held)) return
  // `as`: an object or a list, read by its own keys.
  const subschemas = held as { readonly [token: string]: unknown }
  for (const token of Object.keys(subschemas)) {
    walk.tokens.push(token)
    if (keyword === "patternProperties") checkPattern(token, walk.tokens, walk.by)
    visitSubschema(subschemas[token], walk)
    walk.tokens.pop()
  }
}

function visitSubschema(value: unknown, walk: Walk): void {
  if (isObject(value)) visit(value, walk)
}

function checkPattern(pattern: string, tokens: readonly string[], by: Subject): void {
  const compiled = compilePattern(pattern, by.origin)
  if (!("problem" in compiled)) return
  throw new InvalidSchema(by.subject, pointerOf(tokens), { what: compiled.problem })
}

function isNames(value: unknown): boolean {
  return isTexts(value) && isDistinct(value)
}

/** A set costs more than a look at each pair, as long as they are few. */
function isDistinct(names: readonly unknown[]): boolean {
  if (names.length > 16) return new Set(names).size === names.length
  return names.every((name, at) => names.indexOf(name) === at)
}

function isType(value: unknown): boolean {
  if (!Array.isArray(value)) return typeof value === "string" && typeNames.includes(value)
  return value.length > 0 && isDistinct(value) && value.every((name) => typeNames.includes(name))
}
