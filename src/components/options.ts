import { UnknownOption } from "../errors/server.ts"
import { nearestName } from "../shared/nearest-name.ts"
import type { ComponentOptions } from "./component.ts"

/** Which options something has, and what to say of names that only other frameworks have. */
export interface KnownOptions {
  readonly names: readonly string[]
  /** One sentence for each foreign name: what to do instead. */
  readonly foreign: { readonly [name: string]: string }
}

/**
 * Refuses options that do not exist, since a misspelt one would be silently without effect.
 *
 * @param subject Whose options they are, for the message, such as "The tool `add`".
 * @throws {UnknownOption} FLEET-09
 */
export function assertOptions(subject: string, options: object, known: KnownOptions): void {
  for (const name of Object.keys(options)) {
    if (known.names.includes(name)) continue
    if (Object.hasOwn(known.foreign, name)) throw new UnknownOption(subject, name, known.foreign[name])
    const near = nearestName(name, known.names)
    throw new UnknownOption(subject, name, near && `Did you mean \`${near}\`?`)
  }
}

/** A row for each option that a kind of component has of its own, so that the compiler keeps the table complete. */
export type OwnOptions<Config> = { readonly [Option in Exclude<keyof Config, keyof ComponentOptions>]: true }

/**
 * Makes the table of options of one kind of component.
 *
 * @param factory What makes such a component, for the advice on handlers given as options.
 */
export function componentOptions<Config>(
  factory: string,
  own: OwnOptions<Config>,
  foreign: { readonly [name: string]: string },
): KnownOptions {
  const asArgument = `Give the function as the second argument: \`${factory}({ … }, handler)\`.`
  const handlers = Object.fromEntries(handlerNames.map((name) => [name, asArgument]))
  return {
    names: [...Object.keys(own), ...Object.keys(shared)],
    foreign: { ...handlers, ...foreignToAll, ...foreign },
  }
}

const shared: { readonly [Option in keyof ComponentOptions]-?: true } = {
  title: true,
  description: true,
  icons: true,
  tags: true,
  version: true,
  meta: true,
  auth: true,
}

/** What other frameworks call the function of a component that they take as an option. */
const handlerNames = ["handler", "execute", "run", "fn", "callback", "cb", "load", "read", "get"] as const

const foreignToAll: { readonly [name: string]: string } = {
  _meta: "Use `meta`.",
  icon: "Use `icons`, a list.",
  authorize: "Use `auth`.",
  canAccess: "Use `auth`.",
  scopes: "Use `auth: requireScopes(…)`.",
  enabled: "Register the component when it is wanted, or hide it with a transform.",
  disabled: "Leave the component out, or hide it with a transform.",
  timeoutMs: "Use `timeout`, in milliseconds.",
  timeout_ms: "Use `timeout`, in milliseconds.",
}

/** Names that other frameworks have for the options of resources and templates. */
export const foreignResourceOptions: { readonly [name: string]: string } = {
  uriTemplate: "Use `uri`; one that has variables makes a template.",
  uri_template: "Use `uri`; one that has variables makes a template.",
  template: "Use `uri`; one that has variables makes a template.",
  mime_type: "Use `mimeType`.",
  contentType: "Use `mimeType`.",
  cacheHints: "Use `cache`.",
  cacheHint: "Use `cache`.",
  list: "Register the resources themselves beside the template.",
}
