import { asChanceObject } from "../protocol/structured.ts"
import type { CompiledSchema, Validated } from "../schema/compile.ts"
import { andThen, isThenable, type MaybePromise } from "../shared/maybe-promise.ts"
import type { CallToolResult } from "../spec/index.ts"
import { isContent } from "./content-brand.ts"
import type { Context } from "./context.ts"
import { type InputRequired, isInputRequired } from "./input-required.ts"
import { isYielding, type Yielding } from "./is-yielding.ts"
import { toJsonValue } from "./json-value.ts"
import {
  type ContentInput,
  isToolResult,
  ToolResult,
  type ToolResultOptions,
  toCallToolResult,
} from "./result.ts"

/** Runs a tool: validates, calls the handler, validates and converts. */
export type ToolInvoke = (
  args: unknown,
  ctx: Context,
) => CallToolResult | InputRequired | Promise<CallToolResult | InputRequired>

/** What a call of a tool goes through, made once. */
export interface ToolParts {
  /** Who it is, for messages, such as "tool `add`". */
  readonly subject: string
  readonly input: CompiledSchema
  readonly output: OutputSchema | undefined
  readonly handler: (args: unknown, ctx: Context) => unknown
  /** Writes the text beside structured content. Default: the value as JSON. */
  readonly render: ((value: unknown) => ContentInput) | undefined
}

export interface OutputSchema extends CompiledSchema {
  /** Whether it allows other things than objects. */
  readonly isUnion: boolean
  /** Whether it is JSON Schema as it stands, which knows JSON only: no `Date`, no `undefined`. */
  readonly isRaw: boolean
}

/** Joins validation, handler and conversion into the one function a call runs. */
export function composeInvoke({ subject, input, output, handler, render }: ToolParts): ToolInvoke {
  const convert = composeConvert({ subject, output, render })

  function run(checked: Validated, ctx: Context): MaybePromise<CallToolResult | InputRequired> {
    if (!checked.ok) {
      const { issues } = checked
      return andThen(refusals(), ({ issuesResult }) => issuesResult(subject, issues))
    }
    const value = handler(checked.value, ctx)
    // Whoever made the promise: database clients return thenables of their own.
    return isThenable(value)
      ? Promise.resolve(value).then((settled) => finish(settled, ctx))
      : finish(value, ctx)
  }

  function finish(value: unknown, ctx: Context): MaybePromise<CallToolResult | InputRequired> {
    if (isInputRequired(value)) return value
    if (!isYielding(value)) return convert(value)
    return collect(value, ctx)
  }

  async function collect(generator: Yielding, { signal }: Context): Promise<CallToolResult | InputRequired> {
    // Few handlers are generators.
    const { collectYields } = await import("./collect-yields.ts")
    const all = await collectYields(generator, signal, subject)
    return all.find(isInputRequired) ?? convert(all)
  }

  return (args, ctx) => {
    const checked = input.validate(args)
    return checked instanceof Promise ? checked.then((verdict) => run(verdict, ctx)) : run(checked, ctx)
  }
}

/** Makes what turns the value that a tool returns into its result. */
export function composeConvert({
  subject,
  output,
  render,
}: Pick<ToolParts, "subject" | "output" | "render">): (value: unknown) => MaybePromise<CallToolResult> {
  const options: ToolResultOptions = {
    subject,
    hasOutput: output !== undefined,
    ...(render === undefined ? undefined : { render }),
  }
  return output === undefined
    ? (value) => toCallToolResult(value, options)
    : (value) => checkedResult(value, output, options)
}

/** Makes the result of a tool that declares what it returns. */
function checkedResult(
  value: unknown,
  output: OutputSchema,
  options: ToolResultOptions,
): MaybePromise<CallToolResult> {
  const { subject } = options
  if (!isToolResult(value)) {
    const verdict = checkValue(value, output, subject)
    const finish = (checked: unknown) =>
      toCallToolResult(output.isUnion ? asChanceObject(checked) : checked, options)
    return verdict instanceof Promise ? verdict.then(finish) : finish(verdict)
  }
  // What says that the call failed need not be what the call was to return.
  if (value.isError) return toCallToolResult(value, options)
  const verdict = checkValue(value.structuredContent, output, subject)
  const finish = (checked: unknown) =>
    toCallToolResult(withStructured(value, output.isUnion ? asChanceObject(checked) : checked), options)
  return verdict instanceof Promise ? verdict.then(finish) : finish(verdict)
}

/** Checks what was returned against the output schema. Returns what the schema makes of it, as JSON. */
function checkValue(value: unknown, output: OutputSchema, subject: string): unknown | Promise<unknown> {
  if (isContent(value) || (Array.isArray(value) && isContent(value[0])))
    return andThen(refusals(), ({ refuseContent }) => refuseContent(subject))
  if (output.isRaw) return judge(output.validate(value === undefined ? value : toJsonValue(value, subject)))
  const verdict = output.validate(value)
  return verdict instanceof Promise ? verdict.then(judgeOrRetry) : judgeOrRetry(verdict)

  // A library may refuse a member that is `undefined`, which JSON leaves out anyway.
  function judgeOrRetry(first: Validated): unknown | Promise<unknown> {
    const json = first.ok || value === undefined ? value : toJsonValue(value, subject)
    return json === value ? judge(first) : judge(output.validate(json))
  }

  function judge(last: Validated | Promise<Validated>): unknown | Promise<unknown> {
    if (last instanceof Promise) return last.then(judge)
    if (!last.ok) {
      const { issues } = last
      return andThen(refusals(), ({ refuseOutput }) => refuseOutput(subject, issues))
    }
    if (last.value === undefined) return andThen(refusals(), ({ refuseNothing }) => refuseNothing(subject))
    return toJsonValue(last.value, subject)
  }
}

function withStructured(result: ToolResult<unknown>, structuredContent: unknown): ToolResult<unknown> {
  return new ToolResult({
    structuredContent,
    ...(result.content === undefined ? undefined : { content: result.content }),
    ...(result.meta === undefined ? undefined : { meta: result.meta }),
  })
}

let loaded: typeof import("./tool-refusal.ts") | undefined

/** Loads what says what is wrong with arguments and results, which most are not. */
export async function loadToolRefusals(): Promise<typeof import("./tool-refusal.ts")> {
  loaded = await import("./tool-refusal.ts")
  return loaded
}

function refusals(): MaybePromise<typeof import("./tool-refusal.ts")> {
  return loaded ?? loadToolRefusals()
}
