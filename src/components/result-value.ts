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
 * awaited, or what its generator yields as an array.
 */
export type ResultValue<Result> = 0 extends 1 & Result
  ? unknown
  : Result extends ToolResult<infer Structured>
    ? [Structured] extends [undefined]
      ? ContentValue
      : Jsonify<Structured>
    : Result extends WholeResult
      ? unknown
      : Result extends readonly never[]
        ? Jsonify<Result>
        : Result extends ContentBlock | readonly ContentBlock[]
          ? ContentValue
          : Jsonify<Result>

/** A plain result as another call gave it: it says nothing of its structured content. */
interface WholeResult {
  readonly content: readonly ContentBlock[]
}
