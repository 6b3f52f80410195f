import type { InferInput, InferOutput, Schema } from "../schema/schema.ts"
import type { ArgumentChange } from "./tool-arguments.ts"

/** The changes that arguments of this type may have. */
export type ArgumentChanges<Args> = unknown extends Args
  ? { readonly [argument: string]: ArgumentChange }
  : { readonly [Name in keyof Args & string]?: ArgumentChange }

type ChangeOf<Changes, Name> = Name extends keyof Changes ? Changes[Name] : Record<never, never>

/** The new name of an argument; none for one that is hidden. */
type NewName<Changes, Name> =
  ChangeOf<Changes, Name> extends { readonly hide: true }
    ? never
    : ChangeOf<Changes, Name> extends { readonly name: infer To extends string }
      ? To
      : Name

type HasDefault<Changes, Name> = ChangeOf<Changes, Name> extends { readonly default: unknown } ? true : false

type IsOptional<Args, Changes, Name extends keyof Args> =
  ChangeOf<Changes, Name> extends { readonly required: true }
    ? false
    : HasDefault<Changes, Name> extends true
      ? true
      : undefined extends Args[Name]
        ? true
        : false

type Optional<Args, Changes> = {
  [Name in keyof Args]-?: IsOptional<Args, Changes, Name> extends true ? Name : never
}[keyof Args]

type Sent<Args, Changes, Name extends keyof Args> =
  ChangeOf<Changes, Name> extends { readonly schema: infer S extends Schema }
    ? InferInput<S>
    : Exclude<Args[Name], undefined>

type Given<Args, Changes, Name extends keyof Args> =
  ChangeOf<Changes, Name> extends { readonly schema: infer S extends Schema }
    ? InferOutput<S>
    : Exclude<Args[Name], undefined>

/** Shows words of the user in place of how they were found. */
type Shown<T> = { [Name in keyof T]: T[Name] }

/** What clients send to the changed tool. */
export type ChangedArgumentsOf<Args, Changes> = unknown extends Args
  ? { readonly [argument: string]: unknown }
  : Shown<
      {
        [Name in Exclude<keyof Args, Optional<Args, Changes>> as NewName<Changes, Name>]: Sent<
          Args,
          Changes,
          Name
        >
      } & { [Name in Optional<Args, Changes> as NewName<Changes, Name>]?: Sent<Args, Changes, Name> }
    >

/** What the handler of the changed tool gets: defaults that were given are in their places. */
export type GivenArguments<Args, Changes> = unknown extends Args
  ? { readonly [argument: string]: unknown }
  : Shown<
      {
        [Name in Exclude<keyof Args, Missing<Args, Changes>> as NewName<Changes, Name>]: Given<
          Args,
          Changes,
          Name
        >
      } & { [Name in Missing<Args, Changes> as NewName<Changes, Name>]?: Given<Args, Changes, Name> }
    >

/** What may still be missing when the handler runs. */
type Missing<Args, Changes> = {
  [Name in Optional<Args, Changes>]: HasDefault<Changes, Name> extends true ? never : Name
}[Optional<Args, Changes>]
