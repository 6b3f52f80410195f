import { TemplateMismatch } from "../errors/uri.ts"
import { type CompiledSchema, compileSchema, type Validated } from "../schema/compile.ts"
import type { InferOutput, Schema } from "../schema/schema.ts"
import { andThen } from "../shared/maybe-promise.ts"
import { nearestName } from "../shared/nearest-name.ts"
import type { TemplateVariables } from "../shared/uri-template/variables.ts"
import { parseTemplate, type UriTemplate } from "../shared/uri-template.ts"
import type { Annotations, ReadResourceResult, ResourceTemplate as WireTemplate } from "../spec/index.ts"
import { toAnnotations } from "./annotations.ts"
import type { Completers } from "./completion.ts"
import type { CacheHints, Component, ComponentOptions } from "./component.ts"
import type { Context } from "./context.ts"
import { assertHandler, componentFields, componentOf, wireFields } from "./define-component.ts"
import type { InputRequired } from "./input-required.ts"
import { assertResourceName, nameFromUri } from "./name.ts"
import {
  assertOptions,
  cacheOptions,
  componentOptions,
  foreignResourceOptions,
  type KnownOptions,
  readOptions,
} from "./options.ts"
import { finishRead } from "./resource-read.ts"

/** What a resource template is made of, besides its handler. */
export interface TemplateConfig<
  Uri extends string = string,
  Args extends Schema | undefined = Schema | undefined,
> extends ComponentOptions {
  /** A URI template, such as `users://{id}/files/{path*}{?format}`. */
  readonly uri: Uri
  /** A short name. Default: made from the template. */
  readonly name?: string
  /** The media type of all it gives. Default: none is listed, and what is read has that of its value. */
  readonly mimeType?: string
  /** Hints for hosts: audience, priority, last modification. */
  readonly annotations?: Annotations
  /** Coerces and checks the variables; what does not fit is not found. */
  readonly args?: Args
  /** Suggests values for variables, by name. Default: none are suggested. */
  readonly complete?: Completers<keyof TemplateVariables<Uri> & string>
  /** Milliseconds after which reading fails. Default: the server's. */
  readonly timeout?: number
  /** How long clients may keep what they read. Default: the server's. */
  readonly cache?: CacheHints
  /**
   * Which variables are screened for paths that lead elsewhere. Default: those of the path, `{x}`, `{x*}` and `{+x}`,
   * and none of the query, where a text may well begin with `/` or hold `..`.
   */
  readonly security?: TemplateSecurity<keyof TemplateVariables<Uri> & string>
}

/**
 * Sets which variables are screened: a URI whose screened variable is an absolute path, leads out of its folder with
 * `..` or holds NUL is not found.
 */
export interface TemplateSecurity<Variables extends string = string> {
  /** Variables of the path that are not used as paths, and so may hold anything; `true` for all. */
  readonly exempt?: readonly Variables[] | true
  /** Variables of the query that are used as paths, and so screened too. Default: none. */
  readonly screen?: readonly Variables[]
}

/** A resource template, as a value: frozen, made by `resource()`. */
export interface Template<Uri extends string = string> extends Component {
  readonly kind: "template"
  /** The URI template. */
  readonly id: Uri
  /** The short name. */
  readonly name: string
  /** The media type, if it was given one. */
  readonly mimeType: string | undefined
  /** Milliseconds, if it says them itself. */
  readonly timeout: number | undefined
  /** How long clients may keep what they read, if it says so itself. */
  readonly cache: CacheHints | undefined
  /** The template, parsed: matches and expands URIs. */
  readonly uriTemplate: UriTemplate
  /** What suggests values, by variable. */
  readonly completers: Completers
  /** What `resources/templates/list` shows. */
  readonly definition: WireTemplate
  /** Screens and checks the variables of a URI; `undefined` means that there is no such resource. */
  readonly accept: (uri: string) => unknown | Promise<unknown>
  /** Reads a URI whose variables were accepted: calls the handler and converts what it returns. */
  readonly invoke: TemplateInvoke
}

/** Reads one of the resources of a template. */
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
export function defineTemplate(given: TemplateConfig, handler: TemplateHandler): Template {
  const { uri } = given
  const uriTemplate = parseTemplate(uri)
  const name = given.name ?? nameFromUri(uri)
  assertResourceName(name)
  const subject = `resource template \`${uri}\``
  assertOptions(`The ${subject}`, given, templateOptions)
  assertHandler(subject, handler)
  const config = readOptions(given, templateOptions)
  const fields = componentFields({ kind: "template", id: uri, name }, { ...config, annotations: undefined })
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
  assertVariables(uriTemplate, Object.keys(config.complete ?? {}))
  const screened = screenedVariables(uriTemplate, config.security)
  return componentOf(
    fields,
    {
      name,
      mimeType: config.mimeType,
      timeout: config.timeout,
      cache: config.cache,
      uriTemplate,
      completers: config.complete ?? {},
      completes: config.complete !== undefined,
      definition,
      accept: (read: string) => accept({ uriTemplate, args, screened }, read),
      invoke: (read: { readonly uri: string; readonly variables: unknown }, ctx: Context) =>
        finishRead(handler(read.variables, ctx), { uri: read.uri, mimeType: config.mimeType, subject }),
    },
    handler,
  )
}

interface Acceptance {
  readonly uriTemplate: UriTemplate
  readonly args: CompiledSchema | undefined
  /** The variables that must be no paths that lead elsewhere. */
  readonly screened: readonly string[]
}

/** What does not match, is unsafe or does not fit is simply not there: the difference would help an attacker. */
function accept({ uriTemplate, args, screened }: Acceptance, uri: string): unknown | Promise<unknown> {
  const variables = uriTemplate.match(uri)
  if (variables === undefined) return undefined
  const values = screened.map((name) => variables[name]).filter((value) => value !== undefined)
  const judge = () => (args === undefined ? variables : andThen(args.validate(variables), acceptedValue))
  if (values.length === 0) return judge()
  return andThen(loaded ?? loadScreen(), ({ screenPathValue }) =>
    values.some((value) => screenPathValue(value) !== undefined) ? undefined : judge(),
  )
}

let loaded: typeof import("../shared/path-traversal.ts") | undefined

/** Loads what screens variables, which servers without templates do not need. */
export async function loadScreen(): Promise<typeof import("../shared/path-traversal.ts")> {
  loaded = await import("../shared/path-traversal.ts")
  return loaded
}

function acceptedValue(verdict: Validated): unknown {
  return verdict.ok ? verdict.value : undefined
}

function screenedVariables(template: UriTemplate, security: TemplateSecurity = {}): readonly string[] {
  const { exempt = [], screen = [] } = security
  assertVariables(template, exempt === true ? screen : [...exempt, ...screen])
  const isExempt = (name: string) => exempt === true || exempt.includes(name)
  return template.variables
    .filter(({ name, kind }) => screen.includes(name) || (kind !== "query" && !isExempt(name)))
    .map(({ name }) => name)
}

/** @throws {TemplateMismatch} FLEET-05: one of them is no variable of the template. */
function assertVariables(template: UriTemplate, given: readonly string[]): void {
  const names = template.variables.map(({ name }) => name)
  const parameter = given.find((name) => !names.includes(name))
  if (parameter === undefined) return
  const near = nearestName(parameter, names)
  throw new TemplateMismatch(template.template, { kind: "unknown-parameter", parameter, near })
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
  assertVariables(template, parameters)
  const optional = template.variables.find(({ name, required: always }) => !always && required.includes(name))
  if (optional !== undefined) {
    throw new TemplateMismatch(template.template, {
      kind: "required-but-optional",
      parameter: optional.name,
    })
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

const securityOptions: KnownOptions = {
  kinds: {
    exempt: {
      holds: (value) => value === true || Array.isArray(value),
      expected: "`true` or a list of variables",
    },
    screen: "strings",
  },
}

const templateOptions: KnownOptions = /* @__PURE__ */ componentOptions<TemplateConfig>(
  "resource",
  {
    uri: "string",
    name: "string",
    mimeType: "mediaType",
    annotations: "object",
    args: "any",
    complete: "object",
    timeout: "timeout",
    cache: cacheOptions,
    security: securityOptions,
  },
  {
    ...foreignResourceOptions,
    arguments: "Use `args`.",
    parameters: "Use `args`.",
    input: "Use `args`.",
    size: "Leave it out; what a template leads to has no one size.",
  },
)
