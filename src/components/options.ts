import { InvalidOption, quoted, UnknownOption } from "../errors/server.ts"
import { clip } from "../shared/clip.ts"
import { nearestName } from "../shared/nearest-name.ts"
import { isAuthCheck } from "./auth-check.ts"
import type { ComponentOptions } from "./component.ts"
import { type OptionTest, optionKinds } from "./option-kinds.ts"

/** A kind that many options have, one of several texts, a test of its own, or options inside of the option. */
export type OptionKind = keyof typeof optionKinds | readonly string[] | OptionTest | KnownOptions

/** Which options something has, what their values must be, and what to say of names that only others have. */
export interface KnownOptions {
  /** Default: those of `kinds`. */
  readonly names?: readonly string[]
  readonly kinds?: { readonly [name: string]: OptionKind }
  /** Options of `kinds` that cannot be left out. */
  readonly required?: readonly string[]
  /** Whether there may be other names, which are its own business: it does something, and is not only read. */
  readonly isOpen?: true
  /** Whether `true` and `false` may stand for all of them. */
  readonly isFlag?: true
  /** One sentence for each foreign name: what to do instead. */
  readonly foreign?: { readonly [name: string]: string }
}

/**
 * Refuses options that do not exist, since a misspelt one would be silently without effect, and values that no
 * option of that name can have. `undefined` is the same as leaving an option out.
 *
 * @param subject Whose options they are, for the message, such as "The tool `add`".
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption}
 */
export function assertOptions(subject: string, options: object, known: KnownOptions): void {
  if (!optionKinds.object.holds(options)) {
    throw new InvalidOption(`The value for ${inside(subject)}`, quoted(options), "Give an object.")
  }
  // The fields of a class are its own business.
  if (known.isOpen !== true && isPlain(options)) assertNames(subject, options, known)
  // Only read, and every value is checked before it is used.
  const values = options as { readonly [name: string]: unknown }
  const { kinds = {}, required } = known
  for (const name of Object.keys(kinds)) {
    const value = values[name]
    const kind = kinds[name]
    if (kind === undefined || (value === undefined && !required?.includes(name))) continue
    assertValue({ subject, name, kind }, value)
  }
}

/**
 * Copies the options that something has. Those it inherits are among them, which spreading would lose: a class may well
 * have its `auth` as a getter. Methods that are inherited stay those of their object.
 *
 * @param options What {@link assertOptions} has checked.
 */
export function readOptions<Options extends object>(options: Options, known: KnownOptions): Options {
  // Only read, by names that the table knows.
  const values = options as { readonly [name: string]: unknown }
  const copy: { [name: string]: unknown } = {}
  for (const name of known.names ?? Object.keys(known.kinds ?? {})) {
    const value = values[name]
    if (value === undefined) continue
    copy[name] = typeof value === "function" && !Object.hasOwn(options, name) ? value.bind(options) : value
  }
  // All that the table knows of them.
  return copy as Options
}

/**
 * Refuses what is no object of options where a component is made.
 *
 * @param id The option that names the component, and what may stand for all of them where a text alone will do.
 * @throws {InvalidOption}
 */
export function assertConfig(factory: string, config: unknown, id: "name" | "uri" = "name"): void {
  if (optionKinds.object.holds(config)) return
  const example = typeof config === "string" ? JSON.stringify(clip(config)) : "…"
  throw new InvalidOption(
    `The first argument of \`${factory}()\``,
    quoted(config),
    `Give \`{ ${id}: ${example} }\`.`,
  )
}

function assertNames(subject: string, options: object, known: KnownOptions): void {
  const { kinds = {}, foreign = {} } = known
  for (const name of Object.keys(options)) {
    if (known.names === undefined ? Object.hasOwn(kinds, name) : known.names.includes(name)) continue
    const names = known.names ?? Object.keys(kinds)
    if (Object.hasOwn(foreign, name)) throw new UnknownOption(subject, name, foreign[name])
    const near = nearestName(name, names)
    throw new UnknownOption(subject, name, near === undefined ? allOf(names) : `Did you mean \`${near}\`?`)
  }
}

/** Few options are soon told. */
function allOf(names: readonly string[]): string | undefined {
  return names.length === 0 || names.length > 4 ? undefined : `It has ${either(names, "and")}.`
}

function either(names: readonly string[], word: "and" | "or"): string {
  const shown = names.map((name) => `\`${name}\``)
  const last = shown.pop() ?? ""
  return shown.length === 0 ? last : `${shown.join(", ")} ${word} ${last}`
}

interface OptionPlace {
  readonly subject: string
  readonly name: string
  readonly kind: OptionKind
}

function assertValue({ subject, name, kind }: OptionPlace, value: unknown): void {
  if (isTable(kind)) {
    if (kind.isFlag === true && typeof value === "boolean") return
    // `assertOptions` looks whether it is an object at all.
    assertOptions(`The \`${name}\` of ${inside(subject)}`, value as object, kind)
    return
  }
  const test = testOf(kind)
  if (test.holds(value)) return
  const lack = test.lacks !== undefined && optionKinds.object.holds(value) ? ` without \`${test.lacks}\`` : ""
  const shown = test.isSecret === true ? "of another kind" : quoted(value) + lack
  const what = `The option \`${name}\` of ${inside(subject)}`
  throw new InvalidOption(what, shown, `Give ${test.expected}.`)
}

function isTable(kind: OptionKind): kind is KnownOptions {
  return typeof kind === "object" && !("holds" in kind) && !Array.isArray(kind)
}

function testOf(kind: Exclude<OptionKind, KnownOptions>): OptionTest {
  if (typeof kind === "string") return optionKinds[kind]
  if ("holds" in kind) return kind
  return { holds: (value) => kind.some((text) => text === value), expected: either(kind, "or") }
}

/** An object without a class; of any realm, since test runners have several. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Words a subject for the middle of a sentence. */
function inside(subject: string): string {
  return subject.replace(/^[A-Z]\w* /, (word) => word.toLowerCase())
}

/** A row for each option that a kind of component has of its own, so that the compiler keeps the table complete. */
export type OwnOptions<Config> = {
  readonly [Option in Exclude<keyof Config, keyof ComponentOptions>]: OptionKind
}

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
    kinds: { ...own, ...shared },
    foreign: { ...handlers, ...foreignToAll, ...foreign },
  }
}

const shared: { readonly [Option in keyof ComponentOptions]-?: OptionKind } = {
  title: "string",
  description: "string",
  icons: "any",
  tags: "strings",
  // `@` separates it from the name in the key of a component.
  version: {
    holds: (value) => typeof value === "string" && /^[^@]{1,128}$/s.test(value),
    expected: "1 to 128 characters without `@`, such as `1.2`",
  },
  meta: "object",
  auth: { holds: isAuthCheck, expected: "`requireScopes(…)`, a function, or a list of these" },
}

/** What `cache` and the hints of a server for one method hold. */
export const cacheOptions: KnownOptions = { kinds: { ttlMs: "size", scope: ["public", "private"] } }

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
