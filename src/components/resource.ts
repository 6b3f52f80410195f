import type { Schema } from "../schema/schema.ts"
import type { IsTemplate } from "../shared/uri-template/variables.ts"
import { isTemplate } from "../shared/uri-template.ts"
import type { Annotations, ReadResourceResult, Resource as WireResource } from "../spec/index.ts"
import { toAnnotations } from "./annotations.ts"
import type { CacheHints, Component, ComponentOptions } from "./component.ts"
import type { Context } from "./context.ts"
import { assertHandler, componentFields, componentOf, wireFields } from "./define-component.ts"
import type { InputRequired } from "./input-required.ts"
import type { CannotSend } from "./json-value.ts"
import { assertResourceName, assertResourceUri, nameFromUri } from "./name.ts"
import {
  assertConfig,
  assertOptions,
  cacheOptions,
  componentOptions,
  foreignResourceOptions,
  type KnownOptions,
  readOptions,
} from "./options.ts"
import { finishRead } from "./resource-read.ts"
import { defineTemplate, type Template, type TemplateArguments, type TemplateConfig } from "./template.ts"

/** What a resource of one URI is made of, besides its handler. */
export interface ResourceConfig<Uri extends string = string> extends ComponentOptions {
  /** An absolute URI of any scheme. */
  readonly uri: Uri
  /** A short name. Default: the last part of the URI. */
  readonly name?: string
  /** Its media type. Default: none is listed, and what is read has that of its value. */
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
  /** The short name. */
  readonly name: string
  /** The media type, if it was given one. */
  readonly mimeType: string | undefined
  /** Milliseconds, if it says them itself. */
  readonly timeout: number | undefined
  /** How long clients may keep it, if it says so itself. */
  readonly cache: CacheHints | undefined
  /** What `resources/list` shows. */
  readonly definition: WireResource
  /** Reads the resource: calls the handler and converts what it returns. */
  readonly invoke: ResourceInvoke
}

/** Reads a resource. */
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
 * @throws {UnknownOption} FLEET-09: `config` has an option that does not exist.
 * @see S28/server/resources
 * @see https://www.rfc-editor.org/rfc/rfc6570
 * @example
 * const settings = resource("config://settings", () => ({ theme: "dark" }))
 * const file = resource("users://{id}/files/{path*}", ({ id, path }) => `${path} of ${id}`)
 */
export function resource<
  const Uri extends string,
  const Args extends Schema | undefined = undefined,
  Returned = unknown,
>(
  config: Uri | ConfigOf<Uri, Args>,
  handler: (args: TemplateArguments<Uri, Args>, ctx: Context) => Reading<Returned>,
): ResourceOf<Uri> {
  // Each kind checks that it has no options but its own.
  const options = (typeof config === "string" ? { uri: config } : config) as ResourceConfig | TemplateConfig
  const run = handler as (args: unknown, ctx: Context) => unknown
  assertConfig("resource", options, "uri")
  // What the URI holds decides, here as in the type.
  const { uri }: { readonly uri: unknown } = options
  return (
    typeof uri === "string" && isTemplate(uri) ? defineTemplate(options, run) : defineResource(options, run)
  ) as never
}

/** What was returned, and for what can only fail a type that says so. */
type Reading<Returned> =
  unknown extends Awaited<Returned>
    ? Returned
    : [Awaited<Returned>] extends [never]
      ? Returned
      : // biome-ignore lint/suspicious/noConfusingVoidType: what a function without `return` gives.
        [Awaited<Returned>] extends [bigint | symbol | void | ((...args: never) => unknown)]
        ? CannotSend<"result is no data → return text, bytes, JSON data, or `null` for nothing">
        : Returned

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
  given: ResourceConfig,
  handler: (args: Record<never, never>, ctx: Context) => unknown,
): Resource {
  const { uri } = given
  // A URI that is written otherwise is an option that does not exist.
  if (uri === undefined) assertOptions("The resource", given, resourceOptions)
  assertResourceUri(uri)
  const name = given.name ?? nameFromUri(uri)
  assertResourceName(name)
  const subject = `resource \`${uri}\``
  assertOptions(`The ${subject}`, given, resourceOptions)
  assertHandler(subject, handler)
  const options = readOptions(given, resourceOptions)
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
  return componentOf(
    fields,
    {
      name,
      mimeType: options.mimeType,
      timeout: options.timeout,
      cache: options.cache,
      completes: false,
      definition,
      invoke: (read: string, ctx: Context) =>
        finishRead(handler({}, ctx), { uri: read, mimeType: options.mimeType, subject }),
    },
    handler,
  )
}

/** The options of a resource. */
export const resourceOptions: KnownOptions = /* @__PURE__ */ componentOptions<ResourceConfig>(
  "resource",
  {
    uri: "string",
    name: "string",
    mimeType: "mediaType",
    size: "size",
    annotations: "object",
    timeout: "timeout",
    cache: cacheOptions,
  },
  {
    ...foreignResourceOptions,
    args: "Put the variables into the URI, such as `users://{id}`; a URI without any has no arguments.",
    complete: "Put the variables into the URI, such as `users://{id}`; a URI without any has no arguments.",
    security: "Leave it out; only the variables of a template are screened.",
    text: "Return it from the handler: `resource(uri, () => text)`.",
    content: "Return it from the handler: `resource(uri, () => content)`.",
  },
)
