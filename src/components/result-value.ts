import type { CallToolResult, ContentBlock } from "../spec/index.ts"
import type { Jsonify } from "./json-value.ts"
import type { ToolResult } from "./result.ts"

/** What a result without structured content comes to: nothing, the text of one text block, or the blocks. */
export type ContentValue = string | readonly ContentBlock[] | undefined

/**
 * Takes from a result the one value that a program wants of it: the structured content; without it the text, if
 * there is one text block and nothing else, `undefined` for no content, and the blocks otherwise.
 */
export function toResultValue(result: CallToolResult): unknown {
  const { structuredContent, content } = result
  if (structuredContent !== undefined) return structuredContent
  if (content.length === 0) return undefined
  const [first] = content
  return content.length === 1 && first?.type === "text" ? first.text : content
}

/**
 * What {@link toResultValue} gives for what a handler without an output schema returns; `Result` is what it returns,
 * awaited, or what its generator yields as an array. Where the type leaves open whether a value is content or data,
 * nothing is promised: `unknown`.
 */
export type ResultValue<Result> = 0 extends 1 & Result
  ? unknown
  : Result extends readonly (infer Item)[]
    ? ListValue<Result, Item>
    : // Most data has neither field, and need not be compared with all that content can be.
      [Extract<"type" | "content", keyof Result>] extends [never]
      ? Jsonify<Result>
      : ObjectValue<Result>

type ListValue<List, Item> = 0 extends 1 & Item
  ? unknown
  : [Item] extends [never]
    ? Jsonify<List>
    : List extends readonly ContentBlock[]
      ? ContentValue
      : true extends LooksLikeContent<Item>
        ? unknown
        : Jsonify<List>

type ObjectValue<Result> =
  Result extends ToolResult<infer Structured>
    ? StructuredValue<Structured>
    : Result extends WholeResult
      ? unknown
      : Result extends ContentBlock
        ? ContentValue
        : LooksLikeContent<Result> extends true
          ? unknown
          : Jsonify<Result>

type StructuredValue<Structured> = 0 extends 1 & Structured
  ? unknown
  : Structured extends undefined
    ? ContentValue
    : Jsonify<Structured>

/** A plain object with a `type`: at run time its fields decide whether it is a content block. */
interface MaybeContent {
  readonly type: string
}

type LooksLikeContent<Value> = Value extends MaybeContent
  ? keyof Value extends AnyField<ContentBlock>
    ? true extends { [Kind in keyof NeededFields]: HasFields<Value, Kind> }[keyof NeededFields]
      ? true
      : false
    : false
  : false

type HasFields<Result extends MaybeContent, Kind extends keyof NeededFields> = Kind extends Result["type"]
  ? NeededFields[Kind] extends keyof Result
    ? true
    : false
  : false

/** The fields that make a block of each kind. */
interface NeededFields {
  readonly text: "text"
  readonly image: "data" | "mimeType"
  readonly audio: "data" | "mimeType"
  readonly resource_link: "uri" | "name"
  readonly resource: "resource"
}

type AnyField<Block> = Block extends unknown ? keyof Block : never

/** A plain result as another call gave it: it says nothing of its structured content. */
interface WholeResult {
  readonly content: readonly ContentBlock[]
}
