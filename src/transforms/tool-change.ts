import type { Context } from "../components/context.ts"
import type { InputRequired } from "../components/input-required.ts"
import type { ToolResult } from "../components/result.ts"
import type { ToolTypes } from "../components/tool.ts"
import type { InferChecked, Schema } from "../schema/schema.ts"
import type { Icon, ToolAnnotations } from "../spec/index.ts"
import type { ArgumentChange } from "./tool-arguments.ts"
import type { ChangedArgumentsOf, GivenArguments } from "./tool-types.ts"

/** Calls the tool as it was. */
export interface Original<Changed = { readonly [argument: string]: unknown }, Result = unknown> {
  /** Calls it with the changed arguments; hidden ones get their values. */
  (args: Changed): Promise<ToolResult<Result>>
  /** Calls it with its own arguments, by their old names. */
  readonly raw: (args: { readonly [argument: string]: unknown }) => Promise<ToolResult<Result>>
}

/** What is other about a tool. What is left out stays as it is. */
export interface ToolChange<
  Types extends ToolTypes = ToolTypes,
  Name extends string = string,
  Changes = { readonly [argument: string]: ArgumentChange },
  Output extends Schema | undefined = Schema | undefined,
> {
  /** Its new name. */
  readonly name?: Name
  /** The name people read. */
  readonly title?: string
  /** What it does, for the model. */
  readonly description?: string
  /** Its icons: `https:` URLs, or what `icon()` makes. */
  readonly icons?: readonly (Icon | string)[]
  /** All its tags. */
  readonly tags?: readonly string[]
  /** Its `_meta`. */
  readonly meta?: { readonly [key: string]: unknown }
  /** Hints for hosts, beside those that it has. */
  readonly annotations?: ToolAnnotations
  /** Changes of arguments, by their old names. */
  readonly arguments?: Changes
  /** What it returns: what `handler`, else the tool gives is checked against it. */
  readonly output?: Output
  /** Runs in its place, and may call it. Gets the changed arguments. */
  readonly handler?: (
    args: GivenArguments<Types["arguments"], Changes>,
    ctx: Context,
    original: Original<ChangedArgumentsOf<Types["arguments"], Changes>, Types["result"]>,
  ) => Handled<Output>
}

type Handled<Output> = [Output] extends [Schema]
  ?
      | InferChecked<Output>
      | ToolResult<unknown>
      | InputRequired
      | Promise<InferChecked<Output> | ToolResult<unknown> | InputRequired>
  : unknown
