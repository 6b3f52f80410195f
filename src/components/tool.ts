import { isObjectSchema } from "../protocol/structured.ts"
import { type CompiledSchema, compileSchema } from "../schema/compile.ts"
import { type HeaderParam, headerKeyword, headerParams, withHeaderParams } from "../schema/header-params.ts"
import { type InferChecked, isStandardSchema, type JsonSchema, type Schema } from "../schema/schema.ts"
import type { ToolAnnotations, Tool as WireTool } from "../spec/index.ts"
import { toToolAnnotations } from "./annotations.ts"
import type { Component, ComponentOptions } from "./component.ts"
import type { Context } from "./context.ts"
import { assertHandler, componentFields, componentOf, wireFields } from "./define-component.ts"
import { assertToolName } from "./name.ts"
import { assertConfig, assertOptions, componentOptions, type KnownOptions, readOptions } from "./options.ts"
import type { ContentInput } from "./result.ts"
import type { ToolHandler, ToolInput, ToolOutput } from "./tool-handler.ts"
import { composeInvoke, type OutputSchema, type ToolInvoke } from "./tool-invoke.ts"

/** What a tool is made of, besides its handler. */
export interface ToolConfig<
  Name extends string = string,
  Input extends Schema | undefined = Schema | undefined,
  Output extends Schema | undefined = Schema | undefined,
> extends ComponentOptions {
  /** 1 to 128 letters, digits, `_`, `-` or `.`. */
  readonly name: Name
  /** What the tool takes: any Standard Schema or JSON Schema whose root is an object. Default: nothing. */
  readonly input?: Input
  /** What the tool returns. The result is checked against it, and clients see it. Default: anything. */
  readonly output?: Output
  /** Hints for hosts, such as `readOnlyHint`. Default: none. */
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
  readonly render?: (value: [Output] extends [undefined] ? unknown : InferChecked<Output>) => ContentInput
}

/** What clients send to a tool, and what they get from it. */
export interface ToolTypes {
  readonly arguments: unknown
  readonly result: unknown
}

/**
 * A tool, as a value: frozen, made by {@link tool}.
 *
 * @example
 * type Sum = Tool<"add", { arguments: { a: number; b: number }; result: number }>
 */
export interface Tool<Name extends string = string, Types extends ToolTypes = ToolTypes> extends Component {
  readonly kind: "tool"
  /** The name. */
  readonly id: Name
  /** The name. */
  readonly name: Name
  /** Hints for hosts, if it has any. */
  readonly annotations: ToolAnnotations | undefined
  /** Milliseconds, if it says them itself. */
  readonly timeout: number | undefined
  /** What it takes, as clients see it. */
  readonly inputSchema: JsonSchema
  /** What it returns, as clients see it. */
  readonly outputSchema: JsonSchema | undefined
  /** What `tools/list` shows. */
  readonly definition: WireTool
  /** Arguments that headers repeat. */
  readonly headerParams: readonly HeaderParam[]
  /** Runs the tool: validates, calls the handler, validates and converts. */
  readonly invoke: ToolInvoke
  /** Makes the same tool under other defaults of a server. */
  readonly withDefaults: (defaults: ToolDefaults) => Tool<Name, Types>
  /** Only for inference: what the client of this tool sends and gets. Never there. */
  readonly types?: Types
}

/** What a server decides for tools that say nothing of it. */
export interface ToolDefaults {
  /** Coerces arguments where strict validation fails. Default `false`. */
  readonly lenient?: boolean | undefined
  /** Inlines small `$ref`s. Default `true`. */
  readonly dereference?: boolean | undefined
}

/**
 * Makes a tool: a function a model can call.
 *
 * @param config Its name, schemas and description.
 * @param handler Gets the validated arguments and the context. Returns a string, content (`image()`, `file()`, …),
 * any other JSON value, or a `ToolResult`; may be async or an async generator.
 * @throws {InvalidName} The name breaks the specification's rules.
 * @throws {UnknownOption} FLEET-09: `config` has an option that does not exist.
 * @throws {InexpressibleSchema} FLEET-11: a schema cannot be said in JSON Schema.
 * @see S28/server/tools
 * @example
 * const add = tool(
 *   { name: "add", description: "Adds two numbers", input: z.object({ a: z.number(), b: z.number() }) },
 *   ({ a, b }) => a + b,
 * )
 */
export function tool<
  const Name extends string,
  const Input extends Schema | undefined = undefined,
  const Output extends Schema | undefined = undefined,
  Returned = unknown,
>(
  config: ToolConfig<Name, Input, Output>,
  handler: ToolHandler<Input, Output, Returned>,
): Tool<Name, { arguments: ToolInput<Input>; result: ToolOutput<Output, Returned> }> {
  // The value is typed for its users; inside, arguments and results are what validation says they are.
  return defineTool(config as unknown as ToolConfig, handler as AnyHandler, {}) as never
}

type AnyHandler = (args: unknown, ctx: Context) => unknown

function defineTool(given: ToolConfig, handler: AnyHandler, defaults: ToolDefaults): Tool {
  assertConfig("tool", given)
  // A name that is written otherwise is an option that does not exist.
  if (given.name === undefined) assertOptions("The tool", given, toolOptions)
  assertToolName(given.name)
  const subject = `tool \`${given.name}\``
  assertOptions(`The ${subject}`, given, toolOptions)
  assertHandler(subject, handler)
  const config = readOptions(given, toolOptions)
  const fields = componentFields({ kind: "tool", id: config.name, name: config.name }, config)
  const input = compileInput(config, subject, defaults)
  const output = compileOutput(config, subject, defaults)
  const annotations =
    config.annotations === undefined ? undefined : toToolAnnotations(config.annotations, subject)
  const definition = Object.freeze({
    name: config.name,
    ...wireFields(fields),
    // `compileInput` demanded a root of type `object`.
    inputSchema: input.json as WireTool["inputSchema"],
    ...(output === undefined ? undefined : { outputSchema: output.json }),
    ...(annotations === undefined ? undefined : { annotations }),
  })
  // Only called with what the output schema gave, or with anything where there is none.
  const render = config.render as ((value: unknown) => ContentInput) | undefined
  return componentOf(
    fields,
    {
      name: config.name,
      annotations,
      timeout: config.timeout,
      inputSchema: input.json,
      outputSchema: output?.json,
      definition,
      headerParams: input.keywords.has(headerKeyword) ? headerParams(input.json) : noHeaderParams,
      invoke: composeInvoke({ subject, input, output, handler, render }),
      withDefaults: (next: ToolDefaults) => defineTool(config, handler, next),
    },
    handler,
  )
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
  return {
    json: withHeaderParams(compiled.json, annotated),
    keywords: new Set(compiled.keywords).add(headerKeyword),
    validate: compiled.validate,
  }
}

function compileOutput(
  config: ToolConfig,
  subject: string,
  defaults: ToolDefaults,
): OutputSchema | undefined {
  if (config.output === undefined) return undefined
  const compiled = compileSchema(config.output, {
    side: "output",
    subject: `${subject} output`,
    dereference: config.dereference ?? defaults.dereference ?? true,
  })
  return { ...compiled, isRaw: !isStandardSchema(config.output), isUnion: !isObjectSchema(compiled.json) }
}

const noHeaderParams: readonly HeaderParam[] = []

/** The specification's recommendation for a tool without arguments. */
const noInput: JsonSchema = { type: "object", additionalProperties: false }

const toolOptions: KnownOptions = /* @__PURE__ */ componentOptions<ToolConfig>(
  "tool",
  {
    name: "string",
    input: "any",
    output: "any",
    annotations: "object",
    timeout: "timeout",
    headers: "object",
    lenient: "boolean",
    dereference: "boolean",
    render: "function",
  },
  {
    inputSchema: "Use `input`.",
    input_schema: "Use `input`.",
    inputs: "Use `input`.",
    parameters: "Use `input`.",
    paramsSchema: "Use `input`.",
    schema: "Use `input`.",
    args: "Use `input`.",
    arguments: "Use `input`.",
    outputSchema: "Use `output`.",
    output_schema: "Use `output`.",
    outputs: "Use `output`.",
    returns: "Use `output`.",
    serializer: "Use `render`.",
    strict: "Validation is strict; `lenient: true` makes it coerce.",
    readOnlyHint: "Use `annotations: { readOnlyHint }`.",
    destructiveHint: "Use `annotations: { destructiveHint }`.",
    idempotentHint: "Use `annotations: { idempotentHint }`.",
    openWorldHint: "Use `annotations: { openWorldHint }`.",
    streamingHint: "Leave it out; `ctx.progress()` reports while a tool runs.",
    exclude_args: "Take what the client must not send from the context.",
  },
)
