/** Levels of a raw JSON Schema that are turned into types; below them everything is `unknown`. */
type Levels = readonly [0, 0, 0, 0, 0, 0, 0, 0]
type Deeper<Left extends readonly 0[]> = Left extends readonly [0, ...infer Rest extends readonly 0[]]
  ? Rest
  : readonly []

/** `"input"`: what a caller sends. `"output"`: what is there after defaults were filled in. */
export type Side = "input" | "output"

/**
 * The type a raw JSON Schema literal describes: `type`, `properties`, `required`, `items`, `prefixItems`,
 * `enum`, `const`, `anyOf` and `oneOf`, eight levels deep. A schema that is no literal gives
 * `Record<string, unknown>`.
 */
export type FromJson<S, On extends Side> = string extends keyof S
  ? Record<string, unknown>
  : S extends { readonly type: infer T }
    ? string extends T
      ? Record<string, unknown>
      : Node<S, On, Levels>
    : Node<S, On, Levels>

type Node<S, On extends Side, Left extends readonly 0[]> = Left extends readonly []
  ? unknown
  : S extends false
    ? never
    : S extends { readonly const: infer Value }
      ? Plain<Value>
      : S extends { readonly enum: readonly (infer Value)[] }
        ? Plain<Value>
        : S extends { readonly anyOf: readonly (infer Branch)[] }
          ? Chosen<Branches<Branch, Left>, S, On, Left>
          : S extends { readonly oneOf: readonly (infer Branch)[] }
            ? Chosen<Branches<Branch, Left>, S, On, Left>
            : Typed<S, On, Left>

type Typed<S, On extends Side, Left extends readonly 0[]> = S extends { readonly type: infer Name }
  ? OfType<Name extends readonly (infer Each)[] ? Each : Name, S, On, Left>
  : unknown

// A choice may only demand more of what stands beside it, such as one of two properties.
type Chosen<Choice, S, On extends Side, Left extends readonly 0[]> = unknown extends Choice
  ? Typed<S, On, Left>
  : S extends { readonly properties: unknown }
    ? Choice & Typed<S, On, Left>
    : Choice

// Defaults are not filled in below a choice, so its branches are read as the caller's side.
type Branches<Branch, Left extends readonly 0[]> = Branch extends unknown
  ? Node<Branch, "input", Deeper<Left>>
  : never

type OfType<Name, S, On extends Side, Left extends readonly 0[]> = Name extends "string"
  ? string
  : Name extends "number" | "integer"
    ? number
    : Name extends "boolean"
      ? boolean
      : Name extends "null"
        ? null
        : Name extends "array"
          ? List<S, On, Left>
          : Name extends "object"
            ? Shape<S, On, Left>
            : unknown

type List<S, On extends Side, Left extends readonly 0[]> = S extends { readonly prefixItems: infer First }
  ? Tuple<S, First, Left>
  : S extends { readonly items: infer Item }
    ? Item extends readonly unknown[]
      ? unknown[]
      : Node<Item, On, Deeper<Left>>[]
    : unknown[]

// An array may end anywhere, unless `minItems` says otherwise. No defaults are filled in below it.
type Tuple<S, First, Left extends readonly 0[]> = First extends readonly unknown[]
  ? number extends First["length"]
    ? unknown[]
    : [
        ...(S extends { readonly minItems: First["length"] }
          ? Each<First, Left>
          : Partial<Each<First, Left>>),
        ...(S extends { readonly items: infer Item }
          ? Item extends false
            ? []
            : Node<Item, "input", Deeper<Left>>[]
          : unknown[]),
      ]
  : unknown[]

type Each<First extends readonly unknown[], Left extends readonly 0[]> = {
  -readonly [At in keyof First]: Node<First[At], "input", Deeper<Left>>
}

type Shape<S, On extends Side, Left extends readonly 0[]> = S extends {
  readonly properties: infer Properties
}
  ? {
      -readonly [Key in keyof Properties as Key extends Present<S, Properties, On> ? Key : never]: Node<
        Properties[Key],
        On,
        Deeper<Left>
      >
    } & {
      -readonly [Key in keyof Properties as Key extends Present<S, Properties, On> ? never : Key]?: Node<
        Properties[Key],
        On,
        Deeper<Left>
      >
    } extends infer Joined
    ? // Joined here and not by a helper type, whose name hover text would show.
      { [Key in keyof Joined]: Joined[Key] }
    : never
  : S extends { readonly additionalProperties: infer Rest extends object }
    ? Record<string, Node<Rest, "input", Deeper<Left>>>
    : Record<string, unknown>

/** The names that are certainly there. */
type Present<S, Properties, On extends Side> =
  | (S extends { readonly required: readonly (infer Name)[] } ? Name : never)
  | (On extends "output"
      ? {
          [Key in keyof Properties]: Properties[Key] extends { readonly default: unknown } ? Key : never
        }[keyof Properties]
      : never)

/** Undoes the `readonly` that `as const` puts on values. */
type Plain<Value> = Value extends readonly unknown[] | object
  ? { -readonly [Key in keyof Value]: Plain<Value[Key]> }
  : Value
