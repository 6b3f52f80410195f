import type { InferInput, InferOutput, Schema } from "../schema/schema.ts"
import type { Context } from "./context.ts"
import type { InputRequired } from "./input-required.ts"
import type { Jsonify, Sendable } from "./json-value.ts"
import type { ToolResult } from "./result.ts"
import type { ResultValue } from "./result-value.ts"

/**
 * Is the function a tool runs. With an output schema it returns what the schema takes, without one anything that JSON
 * can say. It is one conditional type as a whole, and not a function with conditional parts: only so does the compiler
 * know the output schema while it reads the function's body, and keep `"a"` and `[1, 2]` as what they are.
 */
export type ToolHandler<Input, Output, Returned> = [Output] extends [Schema]
  ? (args: ToolArguments<Input>, ctx: Context) => Fitting<Returned, Output>
  : (args: ToolArguments<Input>, ctx: Context) => Sending<Returned>

/** What a handler receives: what the schema makes of the arguments, or nothing. */
export type ToolArguments<Input> = [Input] extends [Schema] ? InferOutput<Input> : { [Name in never]: never }

/** What the client of a tool sends. */
export type ToolInput<Input> = [Input] extends [Schema] ? InferInput<Input> : { [Name in never]: never }

/** What the client of a tool gets. */
export type ToolOutput<Output, Returned> = [Output] extends [Schema]
  ? Jsonify<InferOutput<Output>>
  : ResultValue<Settled<Returned>>

/** What a handler may return under an output schema. */
export type ToolReturn<Output> =
  | ToolValue<InferInput<Output>>
  | PromiseLike<ToolValue<InferInput<Output>>>
  | Yields<InferInput<Output>>

type ToolValue<Value> = Value | ToolResult<Value> | InputRequired

type Yields<Value> = Value extends readonly (infer Item)[]
  ? AsyncGenerator<Item, void> | Generator<Item, void>
  : never

/**
 * What was returned when it fits, and else what should have been, so that the compiler says "`string` is not
 * assignable to `number`". Nothing is known of what is returned until the body was read; then all is allowed.
 */
type Fitting<Returned, Output> = unknown extends Returned
  ? ToolReturn<Output>
  : Returned extends ToolReturn<Output>
    ? Returned
    : Returned extends PromiseLike<unknown>
      ? Promise<InferInput<Output>>
      : InferInput<Output>

/** What was returned when JSON can say it, and else a type that says what it cannot. */
type Sending<Returned> = unknown extends Returned
  ? Returned
  : Returned extends PromiseLike<infer Value>
    ? [Value] extends [Sendable<Value>]
      ? Returned
      : Promise<Sendable<Value>>
    : Returned extends AsyncGenerator<infer Item>
      ? [Item] extends [Sendable<Item>]
        ? Returned
        : AsyncGenerator<Sendable<Item>>
      : Returned extends Generator<infer Item>
        ? [Item] extends [Sendable<Item>]
          ? Returned
          : Generator<Sendable<Item>>
        : Sendable<Returned>

/** What a handler's return value comes to: promises are awaited, generators collected, questions answered. */
type Settled<Returned> = Returned extends PromiseLike<infer Value> ? Collected<Value> : Collected<Returned>

type Collected<Value> = Value extends
  | AsyncGenerator<infer Item, infer Last>
  | Generator<infer Item, infer Last>
  ? Exclude<Item | Exclude<Last, void>, InputRequired>[]
  : Exclude<Value, InputRequired>
