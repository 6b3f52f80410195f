import { type CompiledSchema, compileSchema, type Validated } from "../schema/compile.ts"
import type { InferInput, InferOutput, JsonSchema, Schema } from "../schema/schema.ts"
import { isTexts } from "../shared/is-texts.ts"
import { andThen, isThenable, type MaybePromise } from "../shared/maybe-promise.ts"
import type { GetPromptResult, PromptArgument, Prompt as WirePrompt } from "../spec/index.ts"
import type { Completers } from "./completion.ts"
import type { Component, ComponentOptions } from "./component.ts"
import type { Context } from "./context.ts"
import { assertHandler, componentFields, componentOf, wireFields } from "./define-component.ts"
import { type InputRequired, isInputRequired } from "./input-required.ts"
import { assertPromptName } from "./name.ts"
import { assertConfig, assertOptions, componentOptions, type KnownOptions, readOptions } from "./options.ts"
import type { PromptReturn } from "./prompt-result.ts"

/** What a prompt is made of, besides its handler. */
export interface PromptConfig<
  Name extends string = string,
  Args extends Schema | undefined = Schema | undefined,
> extends ComponentOptions {
  /** 1 to 128 letters, digits, `_`, `-` or `.`. */
  readonly name: Name
  /** What the prompt takes. Clients send strings; what is not a string comes as JSON text. */
  readonly args?: Args
  /** Suggests values for arguments, by name. Default: none are suggested. */
  readonly complete?: Completers<ArgumentNames<Args>>
  /** Milliseconds after which the prompt fails. Default: the server's. */
  readonly timeout?: number
}

type ArgumentNames<Args> = Args extends Schema ? keyof InferInput<Args> & string : never

/** What the handler of a prompt receives. */
export type PromptArguments<Args> = [Args] extends [Schema] ? InferOutput<Args> : { [Name in never]: never }

/** A prompt, as a value: frozen, made by {@link prompt}. */
export interface Prompt<Name extends string = string, Arguments = unknown> extends Component {
  readonly kind: "prompt"
  /** The name. */
  readonly id: Name
  /** The name. */
  readonly name: Name
  /** Milliseconds, if it says them itself. */
  readonly timeout: number | undefined
  /** What suggests values, by argument. */
  readonly completers: Completers
  /** What `prompts/list` shows. */
  readonly definition: WirePrompt
  /** Runs the prompt: checks the arguments, calls the handler and converts what it returns. */
  readonly invoke: PromptInvoke
  /** Only for inference: what the client of this prompt sends. Never there. */
  readonly types?: { readonly arguments: Arguments }
}

/** Runs a prompt with the strings that a client sent. */
export type PromptInvoke = (
  args: { readonly [name: string]: unknown },
  ctx: Context,
) => GetPromptResult | InputRequired | Promise<GetPromptResult | InputRequired>

/**
 * Makes a prompt: messages a person can start from.
 *
 * @param config Its name, arguments and description; a name alone will do.
 * @param handler Gets the validated arguments and the context. Returns a string, messages, or a `PromptResult`.
 * @throws {InvalidName} The name breaks the rules.
 * @throws {UnknownOption} FLEET-09: `config` has an option that does not exist.
 * @throws {InexpressibleSchema} FLEET-11: the schema cannot be said in JSON Schema.
 * @see S28/server/prompts
 * @example
 * const review = prompt(
 *   { name: "review", args: z.object({ code: z.string() }) },
 *   ({ code }) => `Review this code:\n${code}`,
 * )
 */
export function prompt<const Name extends string, const Args extends Schema | undefined = undefined>(
  config: Name | PromptConfig<Name, Args>,
  handler: (
    args: PromptArguments<Args>,
    ctx: Context,
  ) => PromptReturn | InputRequired | PromiseLike<PromptReturn | InputRequired>,
): Prompt<Name, [Args] extends [Schema] ? InferInput<Args> : { [Argument in never]: never }> {
  // A name alone is a config, too; which arguments it is for, its type has said.
  const options = (typeof config === "string" ? { name: config } : config) as unknown as PromptConfig
  // The value is typed for its users; inside, arguments are what validation says they are.
  return definePrompt(options, handler as PromptHandler) as never
}

type PromptHandler = (args: unknown, ctx: Context) => unknown

function definePrompt(given: PromptConfig, handler: PromptHandler): Prompt {
  assertConfig("prompt", given)
  // A name that is written otherwise is an option that does not exist.
  if (given.name === undefined) assertOptions("The prompt", given, promptOptions)
  assertPromptName(given.name)
  const subject = `prompt \`${given.name}\``
  assertOptions(`The ${subject}`, given, promptOptions)
  assertHandler(subject, handler)
  const config = readOptions(given, promptOptions)
  const fields = componentFields({ kind: "prompt", id: config.name, name: config.name }, config)
  const args =
    config.args === undefined
      ? undefined
      : compileSchema(config.args, { side: "input", subject: `${subject} args`, root: "object" })
  const properties = (args?.json.properties ?? {}) as { readonly [name: string]: JsonSchema }
  const list = argumentList(args?.json)
  const names = list.map(({ name }) => name)
  assertOptions(`The \`complete\` of the ${subject}`, config.complete ?? {}, { names })
  const definition: WirePrompt = Object.freeze({
    name: config.name,
    ...wireFields(fields),
    ...(list.length === 0 ? undefined : { arguments: list }),
  })
  return componentOf(
    fields,
    {
      name: config.name,
      timeout: config.timeout,
      completers: config.complete ?? {},
      completes: config.complete !== undefined,
      definition,
      invoke: (sent: { readonly [name: string]: unknown }, ctx: Context) => {
        const run = (verdict: Validated) => {
          if (!verdict.ok) {
            const { issues } = verdict
            return andThen(loaded ?? loadMessages(), ({ refuseArguments }) =>
              refuseArguments(subject, issues),
            )
          }
          const value = handler(verdict.value, ctx)
          return isThenable(value) ? Promise.resolve(value).then(finish) : finish(value)
        }
        const verdict = checkArguments(args, parseArguments(properties, sent))
        return verdict instanceof Promise ? verdict.then(run) : run(verdict)
      },
    },
    handler,
  )

  function finish(value: unknown): MaybePromise<GetPromptResult | InputRequired> {
    if (isInputRequired(value)) return value
    const options = { subject, description: config.description }
    return andThen(loaded ?? loadMessages(), ({ toGetPromptResult }) => toGetPromptResult(value, options))
  }
}

let loaded: typeof import("./prompt-messages.ts") | undefined

/** Loads what makes messages of values, which servers without prompts do not need. */
export async function loadMessages(): Promise<typeof import("./prompt-messages.ts")> {
  loaded = await import("./prompt-messages.ts")
  return loaded
}

function checkArguments(args: CompiledSchema | undefined, sent: unknown): Validated | Promise<Validated> {
  return args === undefined ? { ok: true, value: {} } : args.validate(sent)
}

/** Clients send strings only: an argument of another type comes as JSON text. */
function parseArguments(
  properties: { readonly [name: string]: JsonSchema },
  sent: { readonly [name: string]: unknown },
): unknown {
  return Object.fromEntries(
    Object.entries(sent).map(([name, value]) => {
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined
      if (typeof value !== "string" || property === undefined || takesText(property)) return [name, value]
      return [name, parseJson(value)]
    }),
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The schema says what it wanted in its place, together with all else that is wrong.
    return text
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
  return own === undefined ? hint : `${own}${/[.!?]$/.test(own) ? "" : "."} ${hint}`
}

/** Whether an argument is a string as it comes. */
function takesText(property: JsonSchema): boolean {
  if (property.type === "string" || typeof property.const === "string") return true
  if (Array.isArray(property.type)) return property.type.includes("string")
  const branches = property.anyOf ?? property.oneOf
  if (Array.isArray(branches)) return branches.some((branch) => takesText(branch as JsonSchema))
  return isTexts(property.enum)
}

const promptOptions: KnownOptions = /* @__PURE__ */ componentOptions<PromptConfig>(
  "prompt",
  { name: "string", args: "any", complete: "object", timeout: "timeout" },
  {
    arguments: "Use `args`, a schema.",
    argsSchema: "Use `args`.",
    args_schema: "Use `args`.",
    inputSchema: "Use `args`.",
    input: "Use `args`.",
    parameters: "Use `args`.",
    schema: "Use `args`.",
    messages: "Return them from the handler.",
    template: "Return the text from the handler.",
  },
)
