import type { MaybePromise } from "../shared/maybe-promise.ts"
import { compileSchema } from "./compile.ts"
import type { Validated } from "./issue.ts"
import { type Schema, standardOf } from "./schema.ts"
import { standardValidator } from "./standard-validator.ts"

/**
 * Makes the validator of values whose schema no client is shown: a schema library need not be able to describe it.
 *
 * @throws {InvalidSchema} It is neither a Standard Schema nor JSON Schema.
 */
export function valueValidator(schema: Schema, subject: string): (value: unknown) => MaybePromise<Validated> {
  const standard = standardOf(schema)
  return standard === undefined
    ? compileSchema(schema, { side: "input", subject }).validate
    : standardValidator(standard)
}
