import type { Context } from "../components/context.ts"
import { assertOptions, type KnownOptions } from "../components/options.ts"
import { InvalidOption, quoted } from "../errors/server.ts"
import { type CompiledSchema, compileSchema } from "../schema/compile.ts"
import type { Issue } from "../schema/issue.ts"
import { isStandardSchema, type JsonSchema, type Schema } from "../schema/schema.ts"
import type { MaybePromise } from "../shared/maybe-promise.ts"
import { nearestName } from "../shared/nearest-name.ts"
import { prunedDefinitions, strayRef } from "./schema-definitions.ts"

/** What is other about an argument. */
export interface ArgumentChange {
  /** Its new name. Default: the old one. */
  readonly name?: string
  /** What it is for. Default: as it was. */
  readonly description?: string
  /**
   * What it is where the client says nothing, which it then need not. With `hide` also a function, which gets the context
   * of the call.
   */
  readonly default?: unknown
  /** Keeps it from clients, which cannot give it then. Default `false`. */
  readonly hide?: boolean
  /** Whether clients must give it. Default: as it was, and `false` with a `default`. */
  readonly required?: boolean
  /** What it may be: checked before the tool checks it, too. Default: as it was. */
  readonly schema?: Schema
  /** Examples of values. Default: as they were. */
  readonly examples?: readonly unknown[]
}

/** The changed arguments of a tool. */
export interface ChangedArguments {
  /** What clients see. */
  readonly schema: JsonSchema
  /** Says what is wrong with names that clients may not use. */
  readonly refuse: (args: object) => readonly Issue[]
  /** Schemas of arguments that are checked by their library, by new name. */
  readonly checks: ReadonlyMap<string, CompiledSchema>
  /** Gives the arguments their old names, and hidden ones their values. */
  readonly toInner: (args: object, ctx: Context) => MaybePromise<object>
}

const changeOptions: KnownOptions = {
  kinds: {
    name: "string",
    description: "string",
    default: "any",
    hide: "boolean",
    required: "boolean",
    schema: "object",
    examples: "list",
  },
  foreign: {
    type: "Use `schema`.",
    default_factory: "Use `default`, a function, with `hide: true`.",
    defaultFactory: "Use `default`, a function, with `hide: true`.",
    hidden: "Use `hide`.",
    optional: "Use `default`.",
  },
}

interface Argument {
  readonly old: string
  readonly name: string
  readonly change: ArgumentChange
  readonly wasRequired: boolean
  readonly property: unknown
}

/**
 * Changes what a tool takes. The schema that is given stays as it is.
 *
 * @param subject Whose arguments they are, such as "tool `add`".
 * @throws {InvalidOption} A change names no argument, or cannot be.
 */
export function changeArguments(
  schema: JsonSchema,
  changes: { readonly [argument: string]: ArgumentChange },
  subject: string,
): ChangedArguments {
  const all = readArguments(schema, changes, subject)
  const shown = all.filter(({ change }) => change.hide !== true)
  const hidden = all.filter(({ change }) => change.hide === true && change.default !== undefined)
  const oldOf = new Map(shown.map(({ old, name }) => [name, old]))
  const taken = new Set(all.map(({ old }) => old).filter((old) => !oldOf.has(old)))
  const checks = new Map<string, CompiledSchema>()
  const properties = Object.fromEntries(
    shown.map((argument) => {
      const [property, check] = changedProperty(argument, subject)
      if (check !== undefined) checks.set(argument.name, check)
      return [argument.name, property]
    }),
  )
  return {
    schema: changedRoot({ schema, properties, shown, isOther: all.some(isOther) }, subject),
    checks,
    refuse: (args) =>
      Object.keys(args)
        .filter((name) => taken.has(name))
        .map((name) => ({ path: [name], message: "expected nothing: there is no such argument" })),
    toInner(args, ctx) {
      const entries = Object.entries(args).map(([name, value]) => [oldOf.get(name) ?? name, value] as const)
      const given = hidden.map(({ old, change }) => [old, valueFor(change.default, ctx)] as const)
      if (!given.some(([, value]) => value instanceof Promise))
        return Object.fromEntries([...entries, ...given])
      return Promise.all(given.map(async ([name, value]) => [name, await value] as const)).then((settled) =>
        Object.fromEntries([...entries, ...settled]),
      )
    },
  }
}

function valueFor(given: unknown, ctx: Context): unknown {
  // Whoever is called may change what he gets; the next call has the default again.
  return typeof given === "function" ? given(ctx) : structuredClone(given)
}

function readArguments(
  schema: JsonSchema,
  changes: { readonly [argument: string]: ArgumentChange },
  subject: string,
): readonly Argument[] {
  const properties = Object.entries((schema.properties ?? {}) as { readonly [name: string]: unknown })
  const required = (schema.required ?? []) as readonly string[]
  const names = properties.map(([name]) => name)
  for (const [name, change] of Object.entries(changes)) {
    assertOptions(`The argument \`${name}\` of the ${subject}`, change, changeOptions)
    if (names.includes(name)) continue
    const near = nearestName(name, names)
    const fix = near === undefined ? "Name one that it has." : `Did you mean \`${near}\`?`
    throw new InvalidOption(
      `An argument to change of the ${subject}`,
      `${quoted(name)}, which it has not`,
      fix,
    )
  }
  const taken = new Set<string>()
  return properties.map(([old, property]) => {
    const change = Object.hasOwn(changes, old) ? (changes[old] ?? {}) : {}
    const argument = { old, name: change.name ?? old, change, wasRequired: required.includes(old), property }
    const problem = problemOf(argument)
    if (problem !== undefined)
      throw new InvalidOption(`The argument \`${old}\` of the ${subject}`, problem.is, problem.fix)
    if (change.hide === true) return argument
    if (taken.has(argument.name) || argument.name === "")
      throw new InvalidOption(
        `The new name of the argument \`${old}\` of the ${subject}`,
        quoted(argument.name),
        "Give each a name of its own.",
      )
    taken.add(argument.name)
    return argument
  })
}

function problemOf({ change, wasRequired }: Argument): { is: string; fix: string } | undefined {
  const { hide = false, required, default: given } = change
  if (required === true && (hide || given !== undefined))
    return { is: "required, and hidden or with a default", fix: "Leave out `required`." }
  if (typeof given === "function" && !hide)
    return {
      is: "given a default that is a function",
      fix: "Hide it, or give a value: clients see defaults.",
    }
  if (given !== undefined || !wasRequired) return undefined
  if (hide) return { is: "required, and hidden without a default", fix: "Give a `default`." }
  if (required === false) return { is: "required by the tool", fix: "Give a `default`." }
  return undefined
}

/** Whether another set of arguments is right than before. */
function isOther({ old, name, change, wasRequired }: Argument): boolean {
  const { hide, default: given, required } = change
  return name !== old || hide === true || given !== undefined || (required ?? wasRequired) !== wasRequired
}

function changedProperty(
  { old, change, property }: Argument,
  subject: string,
): readonly [unknown, CompiledSchema | undefined] {
  const { schema, description, examples, default: given, required } = change
  const of = `argument \`${old}\` of ${subject}`
  const check = schema === undefined ? undefined : compileSchema(schema, { side: "input", subject: of })
  if (check !== undefined && JSON.stringify(check.json).includes('"$ref"'))
    throw new InvalidOption(`The schema of the ${of}`, "one with references", "Give one without.")
  if (check === undefined && [description, examples, given, required].every((each) => each === undefined))
    return [property, undefined]
  const { default: before, ...rest } = asSchema(check?.json ?? property)
  const value = given ?? (required === true ? undefined : before)
  const changed = {
    ...rest,
    ...(description === undefined ? undefined : { description }),
    ...(examples === undefined ? undefined : { examples }),
    ...(value === undefined ? undefined : { default: value }),
  }
  return [changed, schema !== undefined && isStandardSchema(schema) ? check : undefined]
}

/** `true` is a schema, too. */
function asSchema(property: unknown): JsonSchema {
  if (property === true) return {}
  return property === false ? { not: {} } : (property as JsonSchema)
}

/** Words of a root that name its properties, or count them. The tool itself still asks for what they say. */
const combining: readonly string[] = [
  "allOf",
  "anyOf",
  "oneOf",
  "not",
  "if",
  "then",
  "else",
  "dependentRequired",
  "dependentSchemas",
  "dependencies",
  "patternProperties",
  "propertyNames",
  "minProperties",
  "maxProperties",
  "unevaluatedProperties",
  "default",
  "examples",
]

interface ChangedRoot {
  readonly schema: JsonSchema
  readonly properties: JsonSchema
  readonly shown: readonly Argument[]
  readonly isOther: boolean
}

function changedRoot(
  { schema, properties, shown, isOther: hasOther }: ChangedRoot,
  subject: string,
): JsonSchema {
  const required = shown
    .filter(({ change, wasRequired }) => change.required ?? (wasRequired && change.default === undefined))
    .map(({ name }) => name)
  const { required: _required, ...rest } = schema
  const kept = Object.entries(rest).filter(([word]) => !hasOther || !combining.includes(word))
  const changed = prunedDefinitions({
    ...Object.fromEntries(kept),
    properties,
    ...(required.length === 0 ? undefined : { required }),
  })
  const stray = hasOther ? strayRef(changed) : undefined
  if (stray === undefined) return changed
  throw new InvalidOption(
    `The input of the ${subject}`,
    `one with the reference ${quoted(stray)}, which would point elsewhere`,
    "Change only its descriptions, or write a tool that calls it.",
  )
}
