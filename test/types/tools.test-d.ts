import type { StandardSchemaV1 } from "@standard-schema/spec"
import { toStandardJsonSchema } from "@valibot/to-json-schema"
import { type } from "arktype"
import { type Context, FleetMCP, inputRequired, type Tool, ToolResult, text, tool } from "fleetmcp"
import * as v from "valibot"
import * as z from "zod"
import * as zm from "zod/mini"
import { same } from "./same.ts"

const numbers = z.object({ a: z.number(), b: z.number().default(0) })
const kind = z.object({ kind: z.enum(["a", "b"]), note: z.string().optional() })
const shape = z.discriminatedUnion("type", [
  z.object({ type: z.literal("circle"), radius: z.number() }),
  z.object({ type: z.literal("square"), side: z.number() }),
])
declare const query: PromiseLike<{ rows: number }>
declare const doNothing: () => Promise<void>
declare const words: readonly string[]

// Arguments come from the schema of any library; without a schema there are none.

export const add = tool({ name: "add", input: numbers }, (args, ctx) => {
  same<{ a: number; b: number }>()(args)
  same<Context>()(ctx)
  return args.a + args.b
})
same<Tool<"add", { arguments: { a: number; b?: number | undefined }; result: number }>>()(add)

tool({ name: "mini", input: zm.toJSONSchema(zm.object({ n: zm.number() }), { io: "input" }) }, (args) => {
  same<{ n: number }>()(args)
})
tool({ name: "valibot", input: toStandardJsonSchema(v.object({ n: v.optional(v.number(), 1) })) }, (args) => {
  same<{ n: number }>()(args)
})
tool({ name: "arktype", input: type({ n: "number", "s?": "string" }) }, (args) => {
  same<{ n: number; s?: string }>()(args)
})
tool(
  {
    name: "json",
    input: {
      type: "object",
      properties: {
        n: { type: "integer" },
        kind: { enum: ["a", "b"] },
        size: { type: "number", default: 1 },
      },
      required: ["n"],
    },
  },
  (args) => {
    same<{ n: number; size: number; kind?: "a" | "b" }>()(args)
  },
)
export const none = tool({ name: "none" }, (args) => {
  // biome-ignore lint/complexity/noBannedTypes: what hover shows
  same<{}>()(args)
  return null
})
// Wrappers that are generic in their schema know as much of the arguments as it tells.
export function ofOutput<T>(input: StandardSchemaV1<unknown, T>, handler: (args: T) => string) {
  return tool({ name: "x", input }, (args) => handler(args))
}
export function ofHandler<T>(input: z.ZodType<T>, handler: (args: T) => string) {
  return tool({ name: "x", input }, handler)
}
export function ofShape<S extends z.ZodRawShape>(
  shape: S,
  handler: (args: z.output<z.ZodObject<S>>) => number,
) {
  return tool({ name: "x", input: z.object(shape) }, (args) => handler(args))
}
export function ofObject<S extends z.ZodObject>(input: S) {
  return tool({ name: "x", input }, (args) => Object.keys(args))
}
export class Rows<T extends { id: string }> {
  readonly schema: z.ZodType<T>
  readonly rows: Map<string, T> = new Map()
  constructor(schema: z.ZodType<T>) {
    this.schema = schema
  }
  put() {
    return tool({ name: "put", input: this.schema }, (row) => {
      this.rows.set(row.id, row)
      return row.id
    })
  }
}

// biome-ignore lint/complexity/noBannedTypes: what hover shows
same<Tool<"none", { arguments: {}; result: null }>>()(none)

// What is returned is what a client gets, as JSON.

same<Tool<"t", { arguments: { [none in never]: never }; result: string }>>()(
  tool({ name: "t" }, async () => "x"),
)
same<Tool<"t", { arguments: { [none in never]: never }; result: { at: string } }>>()(
  tool({ name: "t" }, () => ({ at: new Date() })),
)
same<Tool<"t", { arguments: { [none in never]: never }; result: { rows: number } }>>()(
  tool({ name: "t" }, () => query),
)
same<Tool<"t", { arguments: { [none in never]: never }; result: undefined }>>()(
  tool({ name: "t" }, doNothing),
)
same<Tool<"t", { arguments: { [none in never]: never }; result: unknown }>>()(
  tool({ name: "t" }, (): unknown => 1),
)
same<Tool<"t", { arguments: { [none in never]: never }; result: string[] }>>()(
  tool({ name: "t" }, function* () {
    yield* words
    return new Date()
  }),
)
same<Tool<"t", { arguments: { [none in never]: never }; result: { done: boolean } }>>()(
  tool({ name: "t" }, (_, { inputState }) =>
    inputState === undefined ? inputRequired({ state: 1 }) : { done: true },
  ),
)

// Under an output schema a handler returns what the schema takes, and literals stay what they are.

export const defaulted = tool(
  { name: "t", output: z.object({ at: z.string(), n: z.number().default(1) }) },
  () => ({ at: "x" }),
)
same<Tool<"t", { arguments: { [none in never]: never }; result: { at: string; n: number } }>>()(defaulted)
tool({ name: "t", output: kind }, () => ({ kind: "a" }))
tool({ name: "t", input: numbers, output: kind }, ({ a }) =>
  a > 1 ? { kind: "a" } : { kind: "b", note: "x" },
)
tool({ name: "t", output: kind }, async () => ({ kind: "a" }))
tool({ name: "t", output: kind }, async (_, ctx) => {
  if (ctx.signal.aborted) return { kind: "a" }
  return { kind: "b" }
})
tool({ name: "t", input: numbers, output: shape }, ({ a }) =>
  a > 1 ? { type: "circle", radius: a } : { type: "square", side: a },
)
tool({ name: "t", input: numbers, output: z.tuple([z.number(), z.string()]) }, ({ a }) => [a, "x"])
tool({ name: "t", output: z.enum(["a", "b"]) }, () => "a")
tool({ name: "t", output: z.object({ list: z.array(kind) }) }, () => ({ list: [{ kind: "a" }] }))
tool({ name: "t", output: z.object({ rows: z.number() }) }, () => query)
tool({ name: "t", output: z.array(kind) }, async function* () {
  yield { kind: "a" as const }
})
tool({ name: "t", output: kind }, () => new ToolResult({ structuredContent: { kind: "a" }, content: "x" }))
tool({ name: "t", output: kind }, async (_, ctx) => {
  if (ctx.inputState === undefined) return inputRequired({ state: 1 })
  if (ctx.inputState === 1) return new ToolResult({ isError: true, content: "no" })
  return { kind: "a" }
})
tool(
  { name: "t", output: { type: "object", properties: { s: { type: "string" } }, required: ["s"] } },
  () => ({
    s: "x",
  }),
)
tool({ name: "t", output: kind, render: (value) => value.kind.toUpperCase() }, () => ({ kind: "a" }))

// A handler may be made elsewhere, and annotated.

const handler = async ({ a }: { a: number }) => ({ kind: a > 1 ? ("a" as const) : ("b" as const) })
tool({ name: "t", input: numbers, output: kind }, handler)
tool({ name: "t", input: numbers }, (args: { a: number }) => args.a)

/** A factory of the user's own, over any schema. */
export function logged<Input extends z.ZodType>(name: string, input: Input) {
  return tool({ name, input }, (args) => JSON.stringify(args))
}

// A wrong return does not compile, and says so at its place.

// @ts-expect-error Type 'string' is not assignable to type 'number'.
tool({ name: "t", input: numbers, output: z.number() }, ({ a }) => `${a}`)
// @ts-expect-error Type 'Promise<string>' is not assignable to type 'Promise<number>'. Type 'string' is not assignable to type 'number'.
tool({ name: "t", input: numbers, output: z.number() }, async ({ a }) => `${a}`)
tool(
  { name: "t", output: z.number() },
  // @ts-expect-error Type 'string' is not assignable to type 'number'.
  () => {
    return "x"
  },
)
tool({ name: "t", output: z.object({ sum: z.number() }) }, () => ({
  // @ts-expect-error Type 'string' is not assignable to type 'number'.
  sum: "x",
}))
tool(
  { name: "t", output: z.object({ sum: z.number() }) },
  // @ts-expect-error Types of property 'sum' are incompatible. Type 'string' is not assignable to type 'number'.
  async () => ({ sum: "x" }),
)
// @ts-expect-error Type '"c"' is not assignable to type '"a" | "b"'.
tool({ name: "t", output: kind }, () => ({ kind: "c" }))
// @ts-expect-error Type 'void' is not assignable to type 'number'.
tool({ name: "t", output: z.number() }, doNothing)
// @ts-expect-error Content is no data: property 'kind' is missing in type 'TextContent'.
tool({ name: "t", output: kind }, () => text("x"))
// @ts-expect-error Type 'Generator<string>' is not assignable to type 'number[]'.
tool({ name: "t", output: z.array(z.number()) }, function* () {
  yield "x"
})
tool(
  { name: "t", output: { type: "object", properties: { s: { type: "string" } }, required: ["s"] } },
  // @ts-expect-error Property 's' is missing in type '{}' but required in type '{ s: string; }'.
  () => ({}),
)

// What JSON cannot say does not compile either.

// @ts-expect-error "cannot be sent": "result is a Map → return something that JSON can say"
tool({ name: "t" }, () => new Map([["a", 1]]))
// @ts-expect-error "cannot be sent": "result.rows[].id is a bigint → return something that JSON can say"
tool({ name: "t" }, async () => ({ rows: [{ id: 1n }] }))
// @ts-expect-error "cannot be sent": "result.user is a promise that was not awaited → …"
tool({ name: "t" }, () => ({ user: Promise.resolve(1) }))
// @ts-expect-error "cannot be sent": "result is bytes: wrap them in `file()` or `image()` → …"
tool({ name: "t" }, () => new Uint8Array(1))
// @ts-expect-error "cannot be sent": "result is a bigint → return something that JSON can say"
tool({ name: "t" }, async function* () {
  yield 1n
})

// Arguments that the schema does not have do not compile.

// @ts-expect-error Property 'c' does not exist on type '{ a: number; b: number; }'.
tool({ name: "t", input: numbers }, ({ c }) => c)
// @ts-expect-error Property 'c' is missing in type '{ a: number; b: number; }' but required in type '{ c: number; }'.
tool({ name: "t", input: numbers }, (args: { c: number }) => args.c)
// @ts-expect-error Property 'a' does not exist on type '{}'.
tool({ name: "t" }, ({ a }) => a)

// Neither do options of other frameworks, nor a tool without a handler.

// @ts-expect-error 'inputSchema' does not exist in type 'ToolConfig<"t", undefined, undefined>'.
tool({ name: "t", inputSchema: numbers }, () => 1)
// @ts-expect-error 'parameters' does not exist in type 'ToolConfig<"t", undefined, undefined>'.
tool({ name: "t", parameters: numbers }, () => 1)
// @ts-expect-error 'outputSchema' does not exist in type 'ToolConfig<"t", undefined, undefined>'.
tool({ name: "t", outputSchema: numbers }, () => 1)
// @ts-expect-error Expected 2 arguments, but got 1.
tool({ name: "t", execute: () => 1 })
// @ts-expect-error 'handler' does not exist in type 'ToolConfig<"t", undefined, undefined>'.
tool({ name: "t", handler: () => 1 }, () => 1)
// @ts-expect-error Property 'name' is missing in type '{ input: … }'.
tool({ input: numbers }, () => 1)
// @ts-expect-error A list is no object: Type 'ZodArray<ZodNumber>' has no … see `input`
tool({ name: "t", input: 5 }, () => 1)

// The server's methods are the factories.

const mcp = new FleetMCP("types")
export const registered = mcp.tool({ name: "t", input: numbers, output: kind }, async ({ a, b }) => {
  same<number>()(a + b)
  return { kind: "a" }
})
same<
  Tool<"t", { arguments: { a: number; b?: number | undefined }; result: { kind: "a" | "b"; note?: string } }>
>()(registered)
// @ts-expect-error Type 'string' is not assignable to type 'number'.
mcp.tool({ name: "t", output: z.number() }, () => "x")

// What no client could read does not compile; generators do, however they come.

// @ts-expect-error Type 'Promise<Response>' is not assignable: "result is a body: await its `json()` or `text()`".
tool({ name: "t" }, () => fetch("https://example.com"))
// @ts-expect-error Type 'Headers' is not assignable
tool({ name: "t" }, () => new Headers())
// @ts-expect-error Type '{ b: Blob }' is not assignable: "result.b is a body".
tool({ name: "t" }, () => ({ b: new Blob([]) }))
// @ts-expect-error Type 'ReadableStream<any>' is not assignable: "result is a stream".
tool({ name: "t" }, () => new ReadableStream())
// @ts-expect-error Type 'WeakMap<WeakKey, any>' is not assignable
tool({ name: "t" }, () => new WeakMap())
tool({ name: "t" }, async () =>
  (function* () {
    yield "x"
  })(),
)
tool({ name: "t" }, async function* (): AsyncIterableIterator<string> {
  yield "x"
})

// Raw JSON Schema fills in defaults of arguments, and none in what is returned.

const filled = { type: "object", properties: { d: { type: "string", default: "x" } } } as const
const raw = tool({ name: "t", input: filled, output: filled }, ({ d }) => ({ d: d.trim() }))
same<Tool<"t", { arguments: { d?: string }; result: { d?: string } }>>()(raw)
