import type { MissingConverter, OutdatedZod } from "../errors/schema.ts"
import type { Issue } from "./issue.ts"
import type { JsonSchema } from "./schema.ts"

/** Which side of a schema is meant, and whose schema it is. */
export interface Conversion {
  readonly side: "input" | "output"
  readonly subject: string
}

/** Where an issue is, and what is there. */
export interface Place {
  readonly path: readonly (string | number)[]
  readonly value: unknown
  /** Reads an issue whose path goes on from this place. */
  readonly inside: (issue: unknown) => readonly Issue[]
}

/** Puts an issue of a library in our words. */
export type IssueReader = (issue: unknown, place: Place) => readonly Issue[]

/**
 * What is particular about one schema library. Libraries are known by the shape of their schemas alone:
 * importing one would put it into every bundle.
 */
export interface Vendor {
  /** Options that keep its converter from hiding anything; `find` asks for marks where it would throw. */
  readonly options: (find: boolean) => { readonly [option: string]: unknown }
  /** Repairs what its converter says wrongly. */
  readonly mend?: (json: JsonSchema, schema: unknown) => JsonSchema
  /** Says what to do for a schema that does not carry its converter. */
  readonly refuse?: (schema: unknown, conversion: Conversion) => OutdatedZod | MissingConverter
}
