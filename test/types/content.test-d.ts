import type { CannotSend, Jsonify, Sendable } from "../../src/components/json-value.ts"
import type { ToolResult } from "../../src/components/result.ts"
import type { ContentValue, ResultValue } from "../../src/components/result-value.ts"
import type { CallToolResult, ImageContent, JSONValue, TextContent } from "../../src/spec/index.ts"

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type Expect<Verdict extends true> = Verdict

interface Tree {
  readonly at: Date
  readonly children: readonly Tree[]
}

interface Endless extends Array<Endless> {}

interface Row {
  readonly id: number
  save(): void
  [Symbol.iterator](): Iterator<number>
}

// Exported, so that the compiler does not call the cases unused.
export type JsonifyCases = [
  // Plain JSON is itself.
  Expect<
    Equal<
      Jsonify<{ a: number; b: string[]; c: null; d?: boolean }>,
      { a: number; b: string[]; c: null; d?: boolean }
    >
  >,
  Expect<Equal<Jsonify<"on" | "off">, "on" | "off">>,
  Expect<Equal<Jsonify<readonly [1, "x"]>, readonly [1, "x"]>>,
  Expect<Equal<Jsonify<{ [key: string]: number }>, { [key: string]: number }>>,
  Expect<Equal<Jsonify<unknown>, unknown>>,
  Expect<Equal<Jsonify<undefined>, undefined>>,
  Expect<Equal<Jsonify<void>, undefined>>,
  // Dates, URLs and whatever has toJSON are what they become.
  Expect<Equal<Jsonify<{ at: Date; to: URL; list: Date[] }>, { at: string; to: string; list: string[] }>>,
  Expect<Equal<Jsonify<{ price: { toJSON(): { cents: number } } }>, { price: { cents: number } }>>,
  Expect<
    Equal<
      Jsonify<{ kind: "a"; n: number } | { kind: "b"; at: Date }>,
      { kind: "a"; n: number } | { kind: "b"; at: string }
    >
  >,
  // Members that may be undefined are optional.
  Expect<Equal<Jsonify<{ a: string | undefined; b: number }>, { b: number; a?: string }>>,
  Expect<Equal<Jsonify<{ readonly a: Date | undefined }>, { readonly a?: string }>>,
  Expect<Equal<Jsonify<{ a: unknown }>, { a: unknown }>>,
  // Methods and symbols are gone.
  Expect<Equal<Jsonify<Row>, { readonly id: number }>>,
  // What JSON cannot say is never.
  Expect<Equal<Jsonify<10n>, never>>,
  Expect<Equal<Jsonify<{ map: Map<string, number> }>, { map: never }>>,
  Expect<Equal<Jsonify<Uint8Array>, never>>,
  Expect<Equal<Jsonify<{ user: Promise<string> }>, { user: never }>>,
  // Recursive types stay finite.
  Expect<Equal<Jsonify<Tree>["children"][number]["children"][number]["at"], string>>,
]

export type SendableCases = [
  Expect<Equal<Sendable<{ a: Date; b?: string; c(): void }>, { a: Date; b?: string; c(): void }>>,
  Expect<Equal<Sendable<Tree>, Tree>>,
  Expect<Equal<Sendable<Endless>, Endless>>,
  Expect<Equal<Sendable<JSONValue>, JSONValue>>,
  // biome-ignore lint/suspicious/noExplicitAny: what untyped code returns
  Expect<Equal<Sendable<any>, any>>,
  Expect<Equal<Sendable<void>, void>>,
  Expect<Equal<Sendable<{ later?: () => void }>, { later?: () => void }>>,
  Expect<Equal<Sendable<unknown>, unknown>>,
  Expect<Equal<Sendable<string | undefined>, string | undefined>>,
  Expect<
    Equal<
      Sendable<{ rows: { id: bigint }[] }>,
      CannotSend<"result.rows[].id is a bigint → return something that JSON can say">
    >
  >,
  Expect<
    Equal<
      Sendable<{ user: Promise<string> }>,
      CannotSend<"result.user is a promise that was not awaited → return something that JSON can say">
    >
  >,
  Expect<
    Equal<Sendable<Map<string, number>>, CannotSend<"result is a Map → return something that JSON can say">>
  >,
]

export type ResultValueCases = [
  Expect<Equal<ResultValue<string>, string>>,
  Expect<Equal<ResultValue<void>, undefined>>,
  Expect<Equal<ResultValue<number | undefined>, number | undefined>>,
  Expect<Equal<ResultValue<{ at: Date }[]>, { at: string }[]>>,
  Expect<Equal<ResultValue<never[]>, never[]>>,
  Expect<Equal<ResultValue<ImageContent>, ContentValue>>,
  Expect<Equal<ResultValue<(TextContent | ImageContent)[]>, ContentValue>>,
  Expect<Equal<ResultValue<ToolResult<{ at: Date }>>, { at: string }>>,
  Expect<Equal<ResultValue<ToolResult>, ContentValue>>,
  Expect<Equal<ResultValue<CallToolResult>, unknown>>,
  Expect<Equal<ResultValue<ToolResult<{ a: 1 } | undefined>>, { a: 1 } | ContentValue>>,
  // What may be content or data at run time is neither here.
  Expect<Equal<ResultValue<{ type: string; text: string }>, unknown>>,
  Expect<Equal<ResultValue<{ type: string; uri: string; name: string }[]>, unknown>>,
  Expect<Equal<ResultValue<{ type: "text" | "other"; text: string }>, unknown>>,
  Expect<Equal<ResultValue<({ type: string; text: string } | { id: 1 })[]>, unknown>>,
  // biome-ignore lint/suspicious/noExplicitAny: what untyped code returns
  Expect<Equal<ResultValue<any[]>, unknown>>,
  // No block has these fields, or lacks those.
  Expect<Equal<ResultValue<{ type: string; text: string; id: 1 }>, { type: string; text: string; id: 1 }>>,
  Expect<Equal<ResultValue<{ type: string; name: string }>, { type: string; name: string }>>,
  Expect<Equal<ResultValue<{ type: "dog"; text: string }>, { type: "dog"; text: string }>>,
]
