import { TemplateMismatch } from "../errors/uri.ts"
import { type CompiledSchema, compileSchema, type Validated } from "../schema/compile.ts"
import type { InferOutput, Schema } from "../schema/schema.ts"
import { nearestName } from "../shared/nearest-name.ts"
import { screenPathValue } from "../shared/path-traversal.ts"
import type { TemplateVariables } from "../shared/uri-template/variables.ts"
import { parseTemplate, type UriTemplate } from "../shared/uri-template.ts"
import type { Annotations, ReadResourceResult, ResourceTemplate as WireTemplate } from "../spec/index.ts"
import { toAnnotations } from "./annotations.ts"
import type { Completers } from "./completion.ts"
import type { CacheHints, Component, ComponentOptions } from "./component.ts"
import type { Context } from "./context.ts"
import { componentFields, wireFields } from "./define-component.ts"
import { type InputRequired, isInputRequired } from "./input-required.ts"
import { assertResourceName, nameFromUri } from "./name.ts"
import { toReadResourceResult } from "./resource-result.ts"

export interface TemplateConfig<
  Uri extends string = string,
  Args extends Schema | undefined = Schema | undefined,
> extends ComponentOptions {
  /** A URI template, such as `users://{id}/files/{path*}{?format}`. */
  readonly uri: Uri
  /** A short name. Default: made from the template. */
  readonly name?: string
  readonly mimeType?: string
  /** Hints for hosts: audience, priority, last modification. */
  readonly annotations?: Annotations
  /** Coerces and checks the variables; what does not fit is not found. */
  readonly args?: Args
  /** Suggests values for variables. */
  readonly complete?: Completers<keyof TemplateVariables<Uri> & string>
  /** Milliseconds after which reading fails. Default: the server's. */
  readonly timeout?: number
  /** How long clients may keep what they read. Default: the server's. */
  readonly cache?: CacheHints
  /** Screening of variables for paths that lead elsewhere; on by default. */
  readonly security?: TemplateSecurity
}

export interface TemplateSecurity {
  /** Variables that may hold `..`, absolute paths and NUL, because they are not used as paths. */
  readonly exempt: readonly string[] | true
}

/** A resource template, as a value: frozen, made by `resource()`. */
export interface Template<Uri extends string = string> extends Component {
  readonly kind: "template"
  /** The URI template. */
  readonly id: Uri
  readonly name: string
  readonly mimeType: string | undefined
  readonly timeout: number | undefined
  readonly cache: CacheHints | undefined
  readonly uriTemplate: UriTemplate
  readonly completers: Completers
  /** What `resources/templates/list` shows. */
  readonly definition: WireTemplate
  /** Screens and checks the variables of a URI; `undefined` means that there is no such resource. */
  readonly accept: (uri: string) => unknown | Promise<unknown>
  readonly invoke: TemplateInvoke
}

export type TemplateInvoke = (
  read: { readonly uri: string; readonly variables: unknown },
  ctx: Context,
) => ReadResourceResult | InputRequired | Promise<ReadResourceResult | InputRequired>

/** What the handler of a template receives: its variables, or what the schema makes of them. */
export type TemplateArguments<Uri extends string, Args> = Args extends Schema
  ? InferOutput<Args>
  : TemplateVariables<Uri>

type TemplateHandler = (args: unknown, ctx: Context) => unknown

/** Makes a template. `resource()` is how users say it. */
export function defineTemplate(config: TemplateConfig, handler: TemplateHandler): Template {
  const { uri } = config
  const uriTemplate = parseTemplate(uri)
  const name = config.name ?? nameFromUri(uri)
  assertResourceName(name)
  const subject = `resource template \`${uri}\``
  const fields = componentFields("template", uri, name, { ...config, annotations: undefined })
  const args = config.args === undefined ? undefined : compileArgs(uriTemplate, config.args, subject)
  const annotations =
    config.annotations === undefined ? undefined : toAnnotations(config.annotations, subject)
  const definition: WireTemplate = Object.freeze({
    uriTemplate: uri,
    name,
    ...wireFields(fields),
    ...(config.mimeType === undefined ? undefined : { mimeType: config.mimeType }),
    ...(annotations === undefined ? undefined : { annotations }),
  })
  const exempt = config.security?.exempt
  return Object.freeze({
    ...fields,
    name,
    mimeType: config.mimeType,
    timeout: config.timeout,
    cache: config.cache,
    uriTemplate,
    completers: config.complete ?? {},
    completes: config.complete !== undefined,
    definition,
    accept: (read: string) => accept(uriTemplate, args, exempt, read),
    invoke(read: { readonly uri: string; readonly variables: unknown }, ctx: Context) {
      const finish = (value: unknown): ReadResourceResult | InputRequired =>
        isInputRequired(value)
          ? value
          : toReadResourceResult(value, { uri: read.uri, mimeType: config.mimeType, subject })
      const value = handler(read.variables, ctx)
      return value instanceof Promise ? value.then(finish) : finish(value)
    },
  })
}

/** What does not match, is unsafe or does not fit is simply not there: the difference would help an attacker. */
function accept(
  template: UriTemplate,
  args: CompiledSchema | undefined,
  exempt: TemplateSecurity["exempt"] | undefined,
  uri: string,
): unknown | Promise<unknown> {
  const variables = template.match(uri)
  if (variables === undefined) return undefined
  for (const [name, value] of Object.entries(variables)) {
    const screened = exempt !== true && exempt?.includes(name) !== true
    if (screened && value !== undefined && screenPathValue(value) !== undefined) return undefined
  }
  if (args === undefined) return variables
  const verdict = args.validate(variables)
  return verdict instanceof Promise ? verdict.then(valueOf) : valueOf(verdict)
}

function valueOf(verdict: Validated): unknown {
  return verdict.ok ? verdict.value : undefined
}

/** Compiles the schema of the variables and checks that both know the same names. */
function compileArgs(template: UriTemplate, schema: Schema, subject: string): CompiledSchema {
  const compiled = compileSchema(schema, {
    side: "input",
    subject: `${subject} args`,
    root: "object",
    lenient: true,
  })
  const parameters = Object.keys((compiled.json.properties ?? {}) as object)
  const required = (compiled.json.required ?? []) as readonly string[]
  const names = template.variables.map(({ name }) => name)
  for (const parameter of parameters) {
    const variable = template.variables.find(({ name }) => name === parameter)
    if (variable === undefined) {
      throw new TemplateMismatch(template.template, {
        kind: "unknown-parameter",
        parameter,
        near: nearestName(parameter, names),
      })
    }
    if (required.includes(parameter) && !variable.required) {
      throw new TemplateMismatch(template.template, { kind: "required-but-optional", parameter })
    }
  }
  for (const variable of names) {
    if (!parameters.includes(variable)) {
      throw new TemplateMismatch(template.template, {
        kind: "unknown-variable",
        variable,
        near: nearestName(variable, parameters),
      })
    }
  }
  return compiled
}
