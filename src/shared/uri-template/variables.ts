/**
 * Is what a URI template gives its handler: every path variable a `string`, every query variable an optional one.
 * A template that is not known at compile time gives `Record<string, string | undefined>`.
 */
export type TemplateVariables<Template extends string> = Template extends unknown
  ? IsLiteral<Template> extends true
    ? Collect<Expressions<Template>>
    : Record<string, string | undefined>
  : never

/** Tells whether a URI literal holds variables; `boolean` when the text is not known at compile time. */
export type IsTemplate<Text extends string> = Text extends unknown
  ? IsLiteral<Text> extends true
    ? HasBraces<Text>
    : boolean
  : never

type HasBraces<Text extends string> = Text extends `${string}{${string}}${string}` ? true : false

// A type keyed by `string`, or by a pattern such as `a${string}`, requires no key; one keyed by a literal does.
type IsLiteral<Text extends string> = Record<never, 1> extends Record<Text, 1> ? false : true

/** The union of what stands between braces. Accumulates, so that TypeScript recurses without a stack. */
type Expressions<
  Text extends string,
  Found extends string = never,
> = Text extends `${string}{${infer Body}}${infer Rest}` ? Expressions<Rest, Found | Body> : Found

// Inferring the intersection and mapping it again shows one plain object on hover.
type Collect<Body extends string> = { [Name in PathName<Body>]: string } & {
  [Name in QueryName<Body>]?: string
} extends infer Shape
  ? { [Key in keyof Shape]: Shape[Key] }
  : never

type PathName<Body extends string> = Body extends `?${string}` | `&${string}`
  ? never
  : Body extends `+${infer Name}`
    ? Name
    : Body extends `${infer Name}*`
      ? Name
      : Body

type QueryName<Body extends string> = Body extends `?${infer Names}` | `&${infer Names}`
  ? Split<Names>
  : never

type Split<Names extends string, Found extends string = never> = Names extends `${infer Name},${infer Rest}`
  ? Split<Rest, Found | Name>
  : Found | Names
