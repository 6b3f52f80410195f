import { toStandardJsonSchema } from "@valibot/to-json-schema"
import { type } from "arktype"
import * as v from "valibot"
import * as z from "zod"
import * as mini from "zod/mini"
import type { InferInput, InferOutput, JsonSchema, Schema } from "../../src/schema/schema.ts"

/** Accepts only `true`. */
type Assert<T extends true> = T
type Same<One, Other> =
  (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false

/** Stands for a factory: infers a schema the way `tool()` does. */
declare function define<const S extends Schema>(
  schema: S,
): { readonly in: InferInput<S>; readonly out: InferOutput<S> }

// Libraries

const zod = define(
  z.object({ a: z.number(), b: z.string().default("x"), c: z.string().transform(Number).optional() }),
)
export type ZodIn = Assert<Same<typeof zod.in, { a: number; b?: string | undefined; c?: string | undefined }>>
export type ZodOut = Assert<Same<typeof zod.out, { a: number; b: string; c?: number | undefined }>>

const wrappedMini = define(mini.toJSONSchema(mini.object({ a: mini.number() }), { io: "input" }))
export type MiniIn = Assert<Same<typeof wrappedMini.in, { a: number }>>

const valibot = define(toStandardJsonSchema(v.object({ a: v.number(), b: v.optional(v.string(), "x") })))
export type ValibotIn = Assert<Same<typeof valibot.in, { a: number; b?: string | undefined }>>
export type ValibotOut = Assert<Same<typeof valibot.out, { a: number; b: string }>>

const arktype = define(type({ a: "number", "b?": "string", c: "string = 'x'" }))
export type ArktypeIn = Assert<Same<typeof arktype.in, { a: number; b?: string; c?: string }>>
export type ArktypeOut = Assert<Same<typeof arktype.out, { a: number; b?: string; c: string }>>

// Raw JSON Schema

const raw = define({
  type: "object",
  properties: {
    name: { type: "string" },
    age: { type: "integer" },
    ratio: { type: "number", default: 1 },
    on: { type: "boolean" },
    none: { type: "null" },
    either: { type: ["string", "null"] },
    kind: { enum: ["a", "b", 3] },
    exact: { const: { nested: [1] } },
    list: {
      type: "array",
      items: { type: "object", properties: { x: { type: "number" } }, required: ["x"] },
    },
    loose: { type: "array" },
    pair: {
      type: "array",
      prefixItems: [{ type: "string" }, { type: "number" }],
      items: { type: "boolean" },
    },
    open2: { type: "array", prefixItems: [{ type: "string" }] },
    full: { type: "array", prefixItems: [{ type: "string" }, { type: "number" }], minItems: 2, items: false },
    choice: {
      anyOf: [{ type: "string" }, { type: "object", properties: { n: { default: 1, type: "number" } } }],
    },
    one: { oneOf: [{ const: true }, { type: "number" }] },
    map: { type: "object", additionalProperties: { type: "number" } },
    open: { type: "object" },
    ref: { $ref: "#/$defs/x" },
    any: {},
    no: false,
  },
  required: ["name", "list"],
})
interface RawIn {
  name: string
  list: { x: number }[]
  age?: number
  ratio?: number
  on?: boolean
  none?: null
  either?: string | null
  kind?: "a" | "b" | 3
  exact?: { nested: [1] }
  loose?: unknown[]
  pair?: [string?, number?, ...boolean[]]
  open2?: [string?, ...unknown[]]
  full?: [string, number]
  choice?: string | { n?: number }
  one?: true | number
  map?: Record<string, number>
  open?: Record<string, unknown>
  ref?: unknown
  any?: unknown
  no?: never
}
interface RawOut extends Omit<RawIn, "ratio"> {
  ratio: number
}
type Plain<T> = { [Key in keyof T]: T[Key] }
export type RawInput = Assert<Same<typeof raw.in, Plain<RawIn>>>
export type RawOutput = Assert<Same<typeof raw.out, Plain<RawOut>>>

const asConst = { type: "object", properties: { a: { type: "string" } }, required: ["a"] } as const
export type AsConst = Assert<Same<InferInput<typeof asConst>, { a: string }>>

export type Scalar = Assert<Same<InferInput<{ readonly type: "string" }>, string>>

// A choice beside properties demands more of them, or adds to them.

const oneOfTwo = define({
  type: "object",
  properties: { id: { type: "string" }, name: { type: "string" } },
  anyOf: [{ required: ["id"] }, { required: ["name"] }],
})
export type OneOfTwo = Assert<Same<typeof oneOfTwo.in, { id?: string; name?: string }>>
const kinds = define({
  type: "object",
  properties: { id: { type: "string" } },
  required: ["id"],
  oneOf: [
    { type: "object", properties: { a: { const: 1 } }, required: ["a"] },
    { type: "object", properties: { a: { const: 2 } }, required: ["a"] },
  ],
})
export const kind: typeof kinds.in = { id: "x", a: 1 }
// @ts-expect-error: no branch has it
export const noKind: typeof kinds.in = { id: "x", a: 3 }
const pattern = define({ type: "string", anyOf: [{ pattern: "^a" }, { pattern: "^b" }] })
export type Pattern = Assert<Same<typeof pattern.in, string>>

// What is no literal says nothing about its properties.

declare const wide: JsonSchema
export type Wide = Assert<Same<InferInput<typeof wide>, Record<string, unknown>>>
const notConst = { type: "object", properties: { a: { type: "string" } } }
export type NotConst = Assert<Same<InferInput<typeof notConst>, Record<string, unknown>>>

// Depth is bounded.

interface Endless {
  readonly type: "object"
  readonly properties: { readonly next: Endless }
}
declare const endless: InferInput<Pick<Endless, keyof Endless>>
export const deep: unknown = endless.next

// Wrong uses do not compile.

// @ts-expect-error: a value of the wrong type
export const wrong: typeof raw.in = { name: 1, list: [] }
// @ts-expect-error: a required property is missing
export const missing: typeof raw.in = { name: "x" }
// @ts-expect-error: text is no schema
define("string")
