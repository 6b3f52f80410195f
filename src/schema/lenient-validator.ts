import { andThen, type MaybePromise } from "../shared/maybe-promise.ts"
import type { Validated } from "./issue.ts"
import type { Refs } from "./refs.ts"
import type { JsonSchema } from "./schema.ts"

type Validate = (value: unknown) => MaybePromise<Validated>

let loaded: typeof import("./coerce.ts") | undefined

/** Loads what coerces values, which only lenient servers need. */
export async function loadCoercion(): Promise<typeof import("./coerce.ts")> {
  loaded = await import("./coerce.ts")
  return loaded
}

/** Tries again with what a value probably means, once `strict` has refused what it is. */
export function lenientValidator(strict: Validate, json: JsonSchema, refs: Refs): Validate {
  return (value) =>
    andThen(strict(value), (verdict) => {
      if (verdict.ok) return verdict
      return andThen(loaded ?? loadCoercion(), ({ coerce }): MaybePromise<Validated> => {
        const meant = coerce(json, value, refs)
        return meant === value ? verdict : strict(meant)
      })
    })
}
