import { isFleetError } from "../../errors/any-fleet-error.ts"
import { compileSchema } from "../../schema/compile.ts"
import { describeIssues, type Validated } from "../../schema/issue.ts"
import { loadInterpreter } from "../../schema/json-schema-validator.ts"
import { isObject } from "../../schema/keywords.ts"
import { loadCoercion } from "../../schema/lenient-validator.ts"
import { createPeer } from "../../schema/peer.ts"
import { type Refs, resolveRefs } from "../../schema/refs.ts"
import type { JsonSchema } from "../../schema/schema.ts"
import { typesOf } from "../../schema/words.ts"

/** Reads values that a person typed, by a schema that a server sent. */
export interface Reader {
  readonly schema: JsonSchema
  /** The types that a property may have, or `undefined` where its schema does not say. */
  typesOf(property: unknown): readonly string[] | undefined
  /** Reads texts as what is wanted, and says what does not fit. */
  read(value: unknown): Validated
}

/**
 * Makes the reader of a schema. Texts become numbers, booleans and the like where the schema does not take texts. What a
 * schema means that this program cannot use, the server will say.
 */
export async function createReader(schema: unknown, subject: string): Promise<Reader> {
  await Promise.all([loadInterpreter(), loadCoercion()])
  try {
    return compiled(isObject(schema) ? schema : {}, subject)
  } catch (error) {
    if (!isFleetError(error)) throw error
    return { schema: {}, typesOf: () => undefined, read: (value) => ({ ok: true, value }) }
  }
}

function compiled(given: JsonSchema, subject: string): Reader {
  // As an output: defaults are for the server to fill in.
  const origin = createPeer()
  const options = { side: "output", subject, origin, lenient: true } as const
  const { json, validate } = compileSchema(given, options)
  const refs: Refs = resolveRefs(json, { subject, origin })
  return {
    schema: json,
    typesOf: (property) => (isObject(property) ? typesOf(property, refs) : undefined),
    // `as`: all that it may wait for was loaded above.
    read: (value) => validate(value) as Validated,
  }
}

/** Lists what does not fit, one line each. */
export function problemsOf(verdict: Validated): readonly string[] {
  return verdict.ok ? [] : describeIssues(verdict.issues).split("\n")
}
