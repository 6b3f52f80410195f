import type { Schema } from "../schema/schema.ts"
import { isThenable } from "../shared/maybe-promise.ts"
import type { IsTemplate } from "../shared/uri-template/variables.ts"
import { isTemplate } from "../shared/uri-template.ts"
import type { Annotations, ReadResourceResult, Resource as WireResource } from "../spec/index.ts"
import { toAnnotations } from "./annotations.ts"
import type { CacheHints, Component, ComponentOptions } from "./component.ts"
import type { Context } from "./context.ts"
import { assertHandler, componentFields, wireFields } from "./define-component.ts"
import { type InputRequired, isInputRequired } from "./input-required.ts"
import { assertResourceName, assertResourceUri, nameFromUri } from "./name.ts"
import { assertOptions, componentOptions, foreignResourceOptions, type KnownOptions } from "./options.ts"
import { toReadResourceResult } from "./resource-result.ts"
import { defineTemplate, type Template, type TemplateArguments, type TemplateConfig } from "./template.ts"

export interface ResourceConfig<Uri extends string = string> extends ComponentOptions {
  /** An absolute URI of any scheme. */
  readonly uri: Uri
  /** A short name. Default: the last part of the URI. */
  readonly name?: string
  readonly mimeType?: string
  /** Bytes, if known beforehand. */
  readonly size?: number
  /** Hints for hosts: audience, priority, last modification. */
  readonly annotations?: Annotations
  /** Milliseconds after which reading fails. Default: the server's. */
  readonly timeout?: number
  /** How long clients may keep what they read. Default: the server's. */
  readonly cache?: CacheHints
}

/** A resource, as a value: frozen, made by {@link resource}. */
export interface Resource<Uri extends string = string> extends Component {
  readonly kind: "resource"
  /** The URI. */
  readonly id: Uri
  readonly name: string
  readonly mimeType: string | undefined
  readonly timeout: number | undefined
  readonly cache: CacheHints | undefined
  /** What `resources/list` shows. */
  readonly definition: WireResource
  readonly invoke: ResourceInvoke
}

export type ResourceInvoke = (
  uri: string,
  ctx: Context,
) => ReadResourceResult | InputRequired | Promise<ReadResourceResult | InputRequired>

/**
 * Makes a resource, or a resource template where the URI has variables.
 *
 * @param config Its URI, or all that is known of it.
 * @param handler Gets the template's variables and the context. Returns text, any JSON value, bytes, or
 * `resourceContents(…)`.
 * @throws {InvalidUriTemplate} FLEET-04: no scheme, or characters that a URI cannot have.
 * @throws {TemplateMismatch} FLEET-05: schema and template have different names.
 * @see S28/server/resources
 */
export function resource<const Uri extends string, const Args extends Schema | undefined = undefined>(
  config: Uri | ConfigOf<Uri, Args>,
  handler: (args: TemplateArguments<Uri, Args>, ctx: Context) => unknown,
): ResourceOf<Uri> {
  // Each kind checks that it has no options but its own.
  const options = (typeof config === "string" ? { uri: config } : config) as ResourceConfig | TemplateConfig
  const run = handler as (args: unknown, ctx: Context) => unknown
  // What the URI holds decides, here as in the type.
  return (isTemplate(options.uri) ? defineTemplate(options, run) : defineResource(options, run)) as never
}

/** A text that is not known at compile time may be either. */
type ConfigOf<Uri extends string, Args extends Schema | undefined> = [IsTemplate<Uri>] extends [true]
  ? TemplateConfig<Uri, Args>
  : [IsTemplate<Uri>] extends [false]
    ? ResourceConfig<Uri>
    : TemplateConfig<Uri, Args> | ResourceConfig<Uri>

type ResourceOf<Uri extends string> = [IsTemplate<Uri>] extends [true]
  ? Template<Uri>
  : [IsTemplate<Uri>] extends [false]
    ? Resource<Uri>
    : Template<Uri> | Resource<Uri>

function defineResource(
  options: ResourceConfig,
  handler: (args: Record<never, never>, ctx: Context) => unknown,
): Resource {
  const { uri } = options
  assertResourceUri(uri)
  const name = options.name ?? nameFromUri(uri)
  assertResourceName(name)
  const subject = `resource \`${uri}\``
  assertOptions(`The ${subject}`, options, resourceOptions)
  assertHandler(subject, handler)
  const fields = componentFields({ kind: "resource", id: uri, name }, { ...options, annotations: undefined })
  const annotations =
    options.annotations === undefined ? undefined : toAnnotations(options.annotations, subject)
  const definition: WireResource = Object.freeze({
    uri,
    name,
    ...wireFields(fields),
    ...(options.mimeType === undefined ? undefined : { mimeType: options.mimeType }),
    ...(options.size === undefined ? undefined : { size: options.size }),
    ...(annotations === undefined ? undefined : { annotations }),
  })
  return Object.freeze({
    ...fields,
    name,
    mimeType: options.mimeType,
    timeout: options.timeout,
    cache: options.cache,
    completes: false,
    definition,
    invoke(read: string, ctx: Context) {
      const finish = (value: unknown): ReadResourceResult | InputRequired =>
        isInputRequired(value)
          ? value
          : toReadResourceResult(value, { uri: read, mimeType: options.mimeType, subject })
      const value = handler({}, ctx)
      return isThenable(value) ? Promise.resolve(value).then(finish) : finish(value)
    },
  })
}

const resourceOptions: KnownOptions = /* @__PURE__ */ componentOptions<ResourceConfig>(
  "resource",
  { uri: true, name: true, mimeType: true, size: true, annotations: true, timeout: true, cache: true },
  {
    ...foreignResourceOptions,
    args: "Put the variables into the URI, such as `users://{id}`; a URI without any has no arguments.",
    complete: "Put the variables into the URI, such as `users://{id}`; a URI without any has no arguments.",
    security: "Leave it out; only the variables of a template are screened.",
    text: "Return it from the handler: `resource(uri, () => text)`.",
    content: "Return it from the handler: `resource(uri, () => content)`.",
  },
)
