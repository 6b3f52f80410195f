import type { StandardSchemaV1 } from "@standard-schema/spec"
import type { InferOutput, Schema } from "../schema/schema.ts"

/** Values to choose from: as they are, or each with the title that people read. */
export type Choices = readonly string[] | TitledChoices

/** Values to choose from, each with the title that people read: `{ s: { title: "Small" }, l: { title: "Large" } }`. */
export interface TitledChoices {
  readonly [value: string]: { readonly title: string }
}

/**
 * What a person can be asked for: an object of fields, a single value, one of several choices or, in one more pair of
 * brackets, several of them.
 */
export type Form = Schema | Choices | readonly [Choices]

/** What a form gives once it is filled in. */
export type Filled<F> = F extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<F>
  : F extends readonly [infer Several extends Choices]
    ? Chosen<Several>[]
    : F extends Choices
      ? Chosen<F>
      : InferOutput<F>

type Chosen<C> = C extends readonly (infer Value)[] ? Value : `${keyof C & (string | number)}`
