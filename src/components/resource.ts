import type { Schema } from "../schema/schema.ts"
import type { IsTemplate } from "../shared/uri-template/variables.ts"
import { isTemplate } from "../shared/uri-template.ts"
import type { Annotations, ReadResourceResult, Resource as WireResource } from "../spec/index.ts"
import { toAnnotations } from "./annotations.ts"
import type { CacheHints, Component, ComponentOptions } from "./component.ts"
import type { Context } from "./context.ts"
import { componentFields, wireFields } from "./define-component.ts"
import { type InputRequired, isInputRequired } from "./input-required.ts"
import { assertResourceName, assertResourceUri, nameFromUri } from "./name.ts"
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
export function resource<const Uri extends string, Args extends Schema | undefined = undefined>(
  config: Uri | (IsTemplate<Uri> extends true ? TemplateConfig<Uri, Args> : ResourceConfig<Uri>),
  handler: (args: TemplateArguments<Uri, Args>, ctx: Context) => unknown,
): IsTemplate<Uri> extends true ? Template<Uri> : Resource<Uri> {
  const options = (typeof config === "string" ? { uri: config } : config) as ResourceConfig | TemplateConfig
  const run = handler as (args: unknown, ctx: Context) => unknown
  // What the URI holds decides, here as in the type.
  return (isTemplate(options.uri) ? defineTemplate(options, run) : defineResource(options, run)) as never
}

function defineResource(
  options: ResourceConfig,
  handler: (args: Record<never, never>, ctx: Context) => unknown,
): Resource {
  const { uri } = options
  assertResourceUri(uri)
  const name = options.name ?? nameFromUri(uri)
  assertResourceName(name)
  const subject = `resource \`${uri}\``
  const fields = componentFields("resource", uri, name, { ...options, annotations: undefined })
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
      return value instanceof Promise ? value.then(finish) : finish(value)
    },
  })
}
