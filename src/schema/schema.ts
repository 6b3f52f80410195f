import type { StandardSchemaV1 } from "@standard-schema/spec"
import type { FromJson } from "./infer.ts"

/** A JSON Schema 2020-12 object. */
export type JsonSchema = { readonly [keyword: string]: unknown }

/** What users pass as `input`, `output` or `args`: any Standard Schema, or raw JSON Schema 2020-12. */
export type Schema = StandardSchemaV1 | JsonSchema

/** What a caller sends for the schema `S`; a raw JSON Schema literal is read as far as it is simple. */
export type InferInput<S> = S extends StandardSchemaV1
  ? StandardSchemaV1.InferInput<S>
  : S extends JsonSchema
    ? FromJson<S, "input">
    : unknown

/**
 * What a handler receives for the schema `S`, after validation: defaults filled in, transforms applied. `infer` only
 * saves the compiler's time: it would look for `S` in all that a JSON Schema may be, for every handler.
 */
export type InferOutput<S> = S extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<S>
  : (S extends JsonSchema ? FromJson<S, "output"> : unknown) extends infer Described
    ? Described
    : never

/** What a returned value is once the schema `S` has checked it: raw JSON Schema fills in no defaults there. */
export type InferChecked<S> = S extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<S> : InferInput<S>

/** Tells whether a value is a Standard Schema (zod, valibot, arktype, …); never throws, whatever the value does. */
export function isStandardSchema(value: unknown): value is StandardSchemaV1 {
  return standardOf(value) !== undefined
}

/** Reads the `~standard` properties of a value, or `undefined` when it is no Standard Schema. */
export function standardOf(value: unknown): StandardSchemaV1.Props | undefined {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined
  try {
    // `as`: the value is any object; what is read is checked before it is trusted.
    const standard = (value as { "~standard"?: Partial<StandardSchemaV1.Props> })["~standard"]
    if (typeof standard !== "object" || standard === null) return undefined
    if (typeof standard.validate !== "function") return undefined
    // `as`: vendor and version are only compared and shown.
    return standard as StandardSchemaV1.Props
  } catch {
    // A getter that throws belongs to no schema library.
    return undefined
  }
}
