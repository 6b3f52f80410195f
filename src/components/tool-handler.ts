import type { InferChecked, InferInput, InferOutput } from "../schema/schema.ts"
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
export type ToolHandler<Input, Output, Returned> = [Output] extends [undefined]
  ? (args: ToolArguments<Input>, ctx: Context) => Sending<Returned>
  : (args: ToolArguments<Input>, ctx: Context) => Fitting<Returned, InferInput<Output>>

/** What a handler receives: what the schema makes of the arguments, or nothing. */
export type ToolArguments<Input> = [Input] extends [undefined]
  ? { [Name in never]: never }
  : InferOutput<Input>

/** What the client of a tool sends. */
export type ToolInput<Input> = [Input] extends [undefined] ? { [Name in never]: never } : InferInput<Input>

/** What the client of a tool gets. */
export type ToolOutput<Output, Returned> = [Output] extends [undefined]
  ? ResultValue<Settled<Returned>>
  : Jsonify<InferChecked<Output>>

/** What a handler may return under an output schema; `Value` is what the schema takes. */
export type ToolReturn<Value> = ToolValue<Value> | PromiseLike<ToolValue<Value>> | Yields<Value>

type ToolValue<Value> = Value | ToolResult<Value> | InputRequired

type Yields<Value> = Value extends readonly (infer Item)[]
  ? AsyncGenerator<Item, void> | Generator<Item, void>
  : never

/**
 * What was returned when it fits, and else what should have been, so that the compiler says "`string` is not
 * assignable to `number`". Nothing is known of what is returned until the body was read; then all is allowed.
 *
 * Two things here only save the compiler's time: promises are known by name before they are compared member by
 * member, and `NoInfer` says where `Returned` is not to be found.
 */
type Fitting<Returned, Value> = unknown extends Returned
  ? NoInfer<ToolValue<Value> | PromiseLike<ToolValue<Value>>> | Yields<Value>
  : Returned extends Promise<infer Settled>
    ? [Settled] extends [ToolValue<Value>]
      ? Returned
      : NoInfer<Promise<Value>>
    : Returned extends ToolReturn<Value>
      ? Returned
      : NoInfer<Value>

/** What was returned when JSON can say it, and else a type that says what it cannot. */
type Sending<Returned> = unknown extends Returned
  ? Returned
  : Returned extends Promise<infer Value>
    ? [Value] extends [Sendable<Value>]
      ? Returned
      : [Value] extends [Stepwise]
        ? [Value] extends [SendingSteps<Value>]
          ? Returned
          : NoInfer<Promise<SendingSteps<Value>>>
        : NoInfer<Promise<Sendable<Value>>>
    : Returned extends Stepwise
      ? NoInfer<SendingSteps<Returned>>
      : [Returned] extends [Sendable<Returned>]
        ? Returned
        : NoInfer<Sendable<Returned>>

/** Thenables and generators. */
type Stepwise = { then(...args: never): unknown } | { next(...args: never): unknown }

type SendingSteps<Returned> =
  Returned extends PromiseLike<infer Value>
    ? [Value] extends [Sendable<Value>]
      ? Returned
      : PromiseLike<Sendable<Value>>
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
type Settled<Returned> =
  Returned extends Promise<infer Value>
    ? Collected<Value>
    : Returned extends Stepwise
      ? Returned extends PromiseLike<infer Value>
        ? Collected<Value>
        : Collected<Returned>
      : Exclude<Returned, InputRequired>

type Collected<Value> = Value extends Stepwise
  ? Value extends AsyncGenerator<infer Item, infer Last> | Generator<infer Item, infer Last>
    ? Exclude<Item | Exclude<Last, void>, InputRequired>[]
    : Value
  : Exclude<Value, InputRequired>
