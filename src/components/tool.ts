import { InvalidOutput, type ToolError } from "../errors/tool.ts"
import { type CompiledSchema, compileSchema, type Validated } from "../schema/compile.ts"
import { type HeaderParam, headerParams, withHeaderParams } from "../schema/header-params.ts"
import { describeIssues, type Issue } from "../schema/issue.ts"
import type { InferInput, InferOutput, JsonSchema, Schema } from "../schema/schema.ts"
import { isThenable } from "../shared/maybe-promise.ts"
import type { CallToolResult, ToolAnnotations, Tool as WireTool } from "../spec/index.ts"
import { toToolAnnotations } from "./annotations.ts"
import type { Component, ComponentOptions } from "./component.ts"
import type { Context } from "./context.ts"
import { componentFields, wireFields } from "./define-component.ts"
import { type InputRequired, isInputRequired } from "./input-required.ts"
import type { Jsonify } from "./json-value.ts"
import { assertToolName } from "./name.ts"
import {
  type ContentInput,
  isToolResult,
  type ToolResult,
  type ToolResultOptions,
  toCallToolResult,
} from "./result.ts"
import { collectYields, isYielding } from "./yields.ts"

export interface ToolConfig<
  Name extends string = string,
  Input extends Schema | undefined = Schema | undefined,
  Output extends Schema | undefined = Schema | undefined,
> extends ComponentOptions {
  /** 1 to 128 letters, digits, `_`, `-` or `.`. */
  readonly name: Name
  /** What the tool takes: any Standard Schema or JSON Schema whose root is an object. Default: nothing. */
  readonly input?: Input
  /** What the tool returns. The result is checked against it, and clients see it. */
  readonly output?: Output
  /** Hints for hosts, such as `readOnlyHint`. */
  readonly annotations?: ToolAnnotations
  /** Milliseconds after which the call fails and `ctx.signal` is aborted. Default: the server's. */
  readonly timeout?: number
  /** Arguments that HTTP headers repeat for gateways: `{ region: "Region" }` is `Mcp-Param-Region`. */
  readonly headers?: { readonly [argument: string]: string }
  /** Coerces arguments (`"10"` for a number) where strict validation fails. Default: the server's. */
  readonly lenient?: boolean
  /** Inlines small `$ref`s, which many hosts mishandle. Default `true`. */
  readonly dereference?: boolean
  /** Writes the text beside structured content. Default: the value as JSON. */
  readonly render?: (value: ToolValue<Output>) => ContentInput
}

type ToolValue<Output> = Output extends Schema ? InferOutput<Output> : unknown

/** What a handler receives: what the schema makes of the arguments, or nothing. */
export type ToolArguments<Input> = Input extends Schema ? InferOutput<Input> : Record<never, never>

/** What a handler may return: what the output schema takes, or anything when there is none. */
export type ToolReturn<Output> = Output extends Schema
  ? InferInput<Output> | ToolResult<InferInput<Output>> | InputRequired
  : unknown

/** What a client gets from a tool. */
export type ToolOutput<Output, Result> = Output extends Schema
  ? Jsonify<InferOutput<Output>>
  : Jsonify<Exclude<Result, InputRequired>>

/** A tool, as a value: frozen, made by {@link tool}. */
export interface Tool<Name extends string = string, Arguments = unknown, Result = unknown> extends Component {
  readonly kind: "tool"
  readonly id: Name
  readonly name: Name
  readonly annotations: ToolAnnotations | undefined
  readonly timeout: number | undefined
  readonly inputSchema: JsonSchema
  readonly outputSchema: JsonSchema | undefined
  /** What `tools/list` shows. */
  readonly definition: WireTool
  /** Arguments that headers repeat. */
  readonly headerParams: readonly HeaderParam[]
  /** Runs the tool: validates, calls the handler, validates and converts. */
  readonly invoke: ToolInvoke
  /** Makes the same tool under other defaults of a server. */
  readonly withDefaults: (defaults: ToolDefaults) => Tool<Name, Arguments, Result>
  /** Only for inference: what the client of this tool sends and gets. Never there. */
  readonly types?: { readonly arguments: Arguments; readonly result: Result }
}

export type ToolInvoke = (
  args: unknown,
  ctx: Context,
) => CallToolResult | InputRequired | Promise<CallToolResult | InputRequired>

/** What a server decides for tools that say nothing of it. */
export interface ToolDefaults {
  readonly lenient?: boolean | undefined
  readonly dereference?: boolean | undefined
}

/**
 * Makes a tool: a function a model can call.
 *
 * @param config Its name, schemas and description.
 * @param handler Gets the validated arguments and the context. Returns a string, content (`image()`, `file()`, …),
 * any other JSON value, or a `ToolResult`; may be async or an async generator.
 * @throws {InvalidName} The name breaks the specification's rules.
 * @throws {SchemaNotExpressible} FLEET-11: a schema cannot be said in JSON Schema.
 * @see S28/server/tools
 */
export function tool<
  const Name extends string,
  Input extends Schema | undefined = undefined,
  Output extends Schema | undefined = undefined,
  Result extends ToolReturn<Output> = ToolReturn<Output>,
>(
  config: ToolConfig<Name, Input, Output>,
  handler: (
    args: ToolArguments<Input>,
    ctx: Context,
  ) => Result | Promise<Result> | AsyncGenerator<Result, void> | Generator<Result, void>,
): Tool<
  Name,
  Input extends Schema ? InferInput<Input> : Record<never, never>,
  ToolOutput<Output, Awaited<Result>>
> {
  // The value is typed for its users; inside, arguments and results are what validation says they are.
  return defineTool(config as ToolConfig, handler as ToolHandler, {}) as never
}

type ToolHandler = (args: unknown, ctx: Context) => unknown

function defineTool(config: ToolConfig, handler: ToolHandler, defaults: ToolDefaults): Tool {
  assertToolName(config.name)
  const subject = `tool \`${config.name}\``
  const fields = componentFields("tool", config.name, config.name, config)
  const input = compileInput(config, subject, defaults)
  const output = compileOutput(config, subject, defaults)
  const annotations =
    config.annotations === undefined ? undefined : toToolAnnotations(config.annotations, subject)
  const definition = Object.freeze({
    name: config.name,
    ...wireFields(fields),
    inputSchema: input.json as WireTool["inputSchema"],
    ...(output === undefined ? undefined : { outputSchema: output.json }),
    ...(annotations === undefined ? undefined : { annotations }),
  })
  const options: ToolResultOptions = {
    subject,
    hasOutput: output !== undefined,
    ...(config.render === undefined
      ? undefined
      : { render: config.render as (value: unknown) => ContentInput }),
  }
  return Object.freeze({
    ...fields,
    name: config.name,
    annotations,
    timeout: config.timeout,
    inputSchema: input.json,
    outputSchema: output?.json,
    definition,
    headerParams: headerParams(input.json),
    invoke: composeInvoke(input, output, handler, options),
    withDefaults: (next: ToolDefaults) => defineTool(config, handler, next),
  })
}

/** Joins validation, handler and conversion into the one function a call runs. */
function composeInvoke(
  input: CompiledSchema,
  output: CompiledSchema | undefined,
  handler: ToolHandler,
  options: ToolResultOptions,
): ToolInvoke {
  function run(
    checked: Validated,
    ctx: Context,
  ): CallToolResult | InputRequired | Promise<CallToolResult | InputRequired> {
    if (!checked.ok) return issuesResult(options.subject, checked.issues)
    const value = handler(checked.value, ctx)
    return isThenable(value)
      ? Promise.resolve(value).then((settled) => finish(settled, ctx))
      : finish(value, ctx)
  }

  function finish(
    value: unknown,
    ctx: Context,
  ): CallToolResult | InputRequired | Promise<CallToolResult | InputRequired> {
    if (isYielding(value))
      return collectYields(value, ctx.signal, options.subject).then((all) => finish(all, ctx))
    if (isInputRequired(value)) return value
    if (output === undefined) return toCallToolResult(value, options)
    if (isToolResult(value)) return checkResult(value)
    return checkOutput(value)
  }

  function checkOutput(value: unknown): CallToolResult | Promise<CallToolResult> {
    // Only composed when the tool has an output schema.
    const verdict = (output as CompiledSchema).validate(value)
    return verdict instanceof Promise ? verdict.then(converted) : converted(verdict)
  }

  async function checkResult(value: ToolResult<unknown>): Promise<CallToolResult> {
    const result = toCallToolResult(value, options)
    if (result.isError === true) return result
    const { structuredContent } = await checkOutput(result.structuredContent)
    return { ...result, structuredContent }
  }

  function converted(verdict: Validated): CallToolResult {
    if (!verdict.ok) throw new InvalidOutput(options.subject, describeIssues(verdict.issues))
    return toCallToolResult(verdict.value, options)
  }

  return (args, ctx) => {
    const checked = input.validate(args)
    return checked instanceof Promise ? checked.then((verdict) => run(verdict, ctx)) : run(checked, ctx)
  }
}

/**
 * Bad arguments are a result the model can read and mend, not a protocol error.
 *
 * @see S28/server/tools#error-handling
 */
function issuesResult(subject: string, issues: readonly Issue[]): CallToolResult {
  const text = `Invalid arguments for ${subject}:\n${describeIssues(issues)}`
  return {
    content: [{ type: "text", text }],
    isError: true,
    _meta: { "fleetmcp/issues": issues } as NonNullable<CallToolResult["_meta"]>,
  }
}

function compileInput(config: ToolConfig, subject: string, defaults: ToolDefaults): CompiledSchema {
  const schema = config.input ?? noInput
  const annotated = config.headers === undefined ? undefined : config.headers
  const compiled = compileSchema(schema, {
    side: "input",
    subject: `${subject} input`,
    root: "object",
    dereference: config.dereference ?? defaults.dereference ?? true,
    lenient: config.lenient ?? defaults.lenient ?? false,
  })
  if (annotated === undefined) return compiled
  return { json: withHeaderParams(compiled.json, annotated), validate: compiled.validate }
}

function compileOutput(
  config: ToolConfig,
  subject: string,
  defaults: ToolDefaults,
): CompiledSchema | undefined {
  if (config.output === undefined) return undefined
  return compileSchema(config.output, {
    side: "output",
    subject: `${subject} output`,
    dereference: config.dereference ?? defaults.dereference ?? true,
  })
}

/** The specification's recommendation for a tool without arguments. */
const noInput: JsonSchema = { type: "object", additionalProperties: false }

export type { ToolError }
