import { WrongArguments } from "../../errors/dialogue.ts"
import { isObject } from "../../schema/keywords.ts"
import { nearestName } from "../../shared/nearest-name.ts"
import type { Json } from "../client/dialogue.ts"
import { type Pair, toTree } from "./pairs.ts"
import { problemsOf, type Reader } from "./reader.ts"

/** Asks for values that are missing; gives `undefined` where nobody can be asked. */
export type AskMissing = (names: readonly string[], reader: Reader) => Promise<Json | undefined>

/** What a tool or prompt is called with. */
export interface GivenArguments {
  /** Arguments as JSON; pairs are added to them, and win. */
  readonly json: Json
  readonly pairs: readonly Pair[]
  readonly ask: AskMissing
}

/** What is called, for errors. */
export interface Callee {
  readonly kind: "tool" | "prompt"
  /** As code would declare it. */
  readonly signature: string
}

/**
 * Reads the arguments of a tool or prompt by its schema.
 *
 * @throws {WrongArguments} Names are unknown, values are missing or do not fit; all of it at once.
 * @throws {WrongUsage} Pairs contradict one another.
 */
export async function toArguments(reader: Reader, given: GivenArguments, callee: Callee): Promise<Json> {
  const { schema } = reader
  const unknown = [...new Set(given.pairs.flatMap(({ key }) => unknownName(key, schema)))]
  const args = { ...given.json, ...toTree(given.pairs, reader) }
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : []
  const missing = required.filter(
    (name): name is string => typeof name === "string" && !Object.hasOwn(args, name),
  )
  const isAsking = missing.length > 0 && unknown.length === 0
  const asked = isAsking ? await given.ask(missing, reader) : undefined
  const verdict = reader.read({ ...args, ...asked })
  // `as`: the arguments went in as an object.
  if (verdict.ok && unknown.length === 0) return verdict.value as Json
  throw new WrongArguments(callee.kind, [...unknown, ...problemsOf(verdict)], callee.signature)
}

/** Tells an argument that was mistyped; where a schema allows more than it names, there is none. */
function unknownName(key: string, schema: { readonly [keyword: string]: unknown }): readonly string[] {
  const { properties, additionalProperties = false, patternProperties, allOf, anyOf, oneOf, $ref } = schema
  if ([patternProperties, allOf, anyOf, oneOf, $ref].some((keyword) => keyword !== undefined)) return []
  if (additionalProperties !== false || properties === undefined) return []
  const known = isObject(properties) ? Object.keys(properties) : []
  const name = known.includes(key) ? key : (key.split(".")[0] ?? key)
  if (known.includes(name)) return []
  const near = nearestName(name, known)
  return [`\`${name}\`: there is no such argument${near === undefined ? "" : `; did you mean \`${near}\`?`}`]
}
