import { InvalidParams } from "../errors/protocol.ts"
import { type CompiledSchema, compileSchema, type Validated } from "../schema/compile.ts"
import { describeIssues } from "../schema/issue.ts"
import type { InferInput, InferOutput, JsonSchema, Schema } from "../schema/schema.ts"
import type { GetPromptResult, PromptArgument, Prompt as WirePrompt } from "../spec/index.ts"
import type { Completers } from "./completion.ts"
import type { Component, ComponentOptions } from "./component.ts"
import type { Context } from "./context.ts"
import { componentFields, wireFields } from "./define-component.ts"
import { type InputRequired, isInputRequired } from "./input-required.ts"
import { assertPromptName } from "./name.ts"
import { type PromptReturn, toGetPromptResult } from "./prompt-result.ts"

export interface PromptConfig<
  Name extends string = string,
  Args extends Schema | undefined = Schema | undefined,
> extends ComponentOptions {
  /** 1 to 128 letters, digits, `_`, `-` or `.`. */
  readonly name: Name
  /** What the prompt takes. Clients send strings; what is not a string comes as JSON text. */
  readonly args?: Args
  /** Suggests values for arguments. */
  readonly complete?: Completers<ArgumentNames<Args>>
  /** Milliseconds after which the prompt fails. Default: the server's. */
  readonly timeout?: number
}

type ArgumentNames<Args> = Args extends Schema ? keyof InferInput<Args> & string : never

/** What the handler of a prompt receives. */
export type PromptArguments<Args> = Args extends Schema ? InferOutput<Args> : Record<never, never>

/** A prompt, as a value: frozen, made by {@link prompt}. */
export interface Prompt<Name extends string = string, Arguments = unknown> extends Component {
  readonly kind: "prompt"
  readonly id: Name
  readonly name: Name
  readonly timeout: number | undefined
  readonly completers: Completers
  /** What `prompts/list` shows. */
  readonly definition: WirePrompt
  readonly invoke: PromptInvoke
  /** Only for inference: what the client of this prompt sends. Never there. */
  readonly types?: { readonly arguments: Arguments }
}

export type PromptInvoke = (
  args: { readonly [name: string]: unknown },
  ctx: Context,
) => GetPromptResult | InputRequired | Promise<GetPromptResult | InputRequired>

/**
 * Makes a prompt: messages a person can start from.
 *
 * @param config Its name, arguments and description.
 * @param handler Returns a string, messages, or a `PromptResult`.
 * @throws {InvalidName} The name breaks the rules.
 * @throws {SchemaNotExpressible} FLEET-11: the schema cannot be said in JSON Schema.
 * @see S28/server/prompts
 */
export function prompt<const Name extends string, Args extends Schema | undefined = undefined>(
  config: Name | PromptConfig<Name, Args>,
  handler: (
    args: PromptArguments<Args>,
    ctx: Context,
  ) => PromptReturn | InputRequired | Promise<PromptReturn | InputRequired>,
): Prompt<Name, Args extends Schema ? InferInput<Args> : Record<never, never>> {
  const options = (typeof config === "string" ? { name: config } : config) as PromptConfig
  // The value is typed for its users; inside, arguments are what validation says they are.
  return definePrompt(options, handler as PromptHandler) as never
}

type PromptHandler = (args: unknown, ctx: Context) => unknown

function definePrompt(config: PromptConfig, handler: PromptHandler): Prompt {
  assertPromptName(config.name)
  const subject = `prompt \`${config.name}\``
  const fields = componentFields("prompt", config.name, config.name, config)
  const args =
    config.args === undefined
      ? undefined
      : compileSchema(config.args, { side: "input", subject: `${subject} args`, root: "object" })
  const properties = (args?.json.properties ?? {}) as { readonly [name: string]: JsonSchema }
  const list = argumentList(args?.json)
  const definition: WirePrompt = Object.freeze({
    name: config.name,
    ...wireFields(fields),
    ...(list.length === 0 ? undefined : { arguments: list }),
  })
  return Object.freeze({
    ...fields,
    name: config.name,
    timeout: config.timeout,
    completers: config.complete ?? {},
    completes: config.complete !== undefined,
    definition,
    invoke: (sent: { readonly [name: string]: unknown }, ctx: Context) => {
      const run = (verdict: Validated) =>
        runPrompt(verdict, handler, ctx, { subject, description: config.description })
      const verdict = checkArguments(args, parseArguments(properties, sent, subject))
      return verdict instanceof Promise ? verdict.then(run) : run(verdict)
    },
  })
}

function runPrompt(
  verdict: Validated,
  handler: PromptHandler,
  ctx: Context,
  options: { readonly subject: string; readonly description: string | undefined },
): GetPromptResult | InputRequired | Promise<GetPromptResult | InputRequired> {
  if (!verdict.ok) {
    throw new InvalidParams(`Invalid arguments for ${options.subject}:\n${describeIssues(verdict.issues)}`)
  }
  const finish = (value: unknown): GetPromptResult | InputRequired =>
    isInputRequired(value) ? value : toGetPromptResult(value, options)
  const value = handler(verdict.value, ctx)
  return value instanceof Promise ? value.then(finish) : finish(value)
}

function checkArguments(args: CompiledSchema | undefined, sent: unknown): Validated | Promise<Validated> {
  return args === undefined ? { ok: true, value: {} } : args.validate(sent)
}

/** Clients send strings only: an argument of another type comes as JSON text. */
function parseArguments(
  properties: { readonly [name: string]: JsonSchema },
  sent: { readonly [name: string]: unknown },
  subject: string,
): unknown {
  return Object.fromEntries(
    Object.entries(sent).map(([name, value]) => {
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined
      if (typeof value !== "string" || property === undefined || takesText(property)) return [name, value]
      return [name, parseJson(name, value, subject)]
    }),
  )
}

function parseJson(name: string, text: string, subject: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new InvalidParams(`The argument \`${name}\` of ${subject} must be JSON text.`, {
      fix: "Its description shows the schema.",
      cause,
    })
  }
}

function argumentList(json: JsonSchema | undefined): readonly PromptArgument[] {
  const properties = (json?.properties ?? {}) as { readonly [name: string]: JsonSchema }
  const required = (json?.required ?? []) as readonly string[]
  return Object.entries(properties).map(([name, property]) => {
    const description = argumentDescription(property)
    return Object.freeze({
      name,
      ...(typeof property.title === "string" ? { title: property.title } : undefined),
      ...(description === undefined ? undefined : { description }),
      required: required.includes(name),
    })
  })
}

function argumentDescription(property: JsonSchema): string | undefined {
  const own = typeof property.description === "string" ? property.description : undefined
  if (takesText(property)) return own
  const { description: _own, title: _title, ...schema } = property
  const hint = `Write it as JSON that fits ${JSON.stringify(schema)}.`
  return own === undefined ? hint : `${own} ${hint}`
}

/** Whether an argument is a string as it comes. */
function takesText(property: JsonSchema): boolean {
  if (property.type === "string" || typeof property.const === "string") return true
  if (Array.isArray(property.type)) return property.type.includes("string")
  const branches = property.anyOf ?? property.oneOf
  if (Array.isArray(branches)) return branches.some((branch) => takesText(branch as JsonSchema))
  return Array.isArray(property.enum) && property.enum.every((value) => typeof value === "string")
}
