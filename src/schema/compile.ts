import { FleetError } from "../errors/fleet-error.ts"
import { InvalidSchema, OutdatedZod } from "../errors/schema.ts"
import { andThen, type MaybePromise } from "../shared/maybe-promise.ts"
import { toJsonSchema } from "./convert.ts"
import { assertDefaults } from "./default-values.ts"
import { dereference } from "./dereference.ts"
import { toCurrentDialect } from "./dialect.ts"
import type { Validated } from "./issue.ts"
import { jsonSchemaValidator } from "./json-schema-validator.ts"
import { isObject } from "./keywords.ts"
import { lenientValidator } from "./lenient-validator.ts"
import type { Origin } from "./pattern.ts"
import { type Refs, resolveRefs, usesRefs, withoutRefs } from "./refs.ts"
import { objectRoot } from "./root.ts"
import { isStandardSchema, type JsonSchema, type Schema, standardOf } from "./schema.ts"
import { deepFreeze, snapshot } from "./snapshot.ts"
import { standardValidator } from "./standard-validator.ts"
import { checkStructure, type Subject } from "./structure.ts"
import { isOldZod } from "./vendors/zod.ts"

export type { Validated } from "./issue.ts"

/** A schema made ready at registration: what lists advertise, and how values are checked. */
export interface CompiledSchema {
  /** The JSON Schema 2020-12 that lists advertise: frozen, and a copy of our own. */
  readonly json: JsonSchema
  /** At least every keyword that it uses, at its root or inside. */
  readonly keywords: ReadonlySet<string>
  /**
   * Checks a value: at once, unless the schema's library answers with a promise, and but for the first values, which
   * may come before what checks or words them is loaded. The value given is never
   * changed; the value returned has defaults filled in and, for libraries, transforms applied.
   */
  readonly validate: (value: unknown) => Validated | Promise<Validated>
}

/** Options of {@link compileSchema}. */
export interface CompileOptions {
  /** Which side of the schema counts: what comes in, before defaults and transforms, or what goes out. */
  readonly side: "input" | "output"
  /** Whose schema it is, for messages: ``tool `add` input``. */
  readonly subject: string
  /** `"object"` demands a root of `type: "object"`, which a choice between objects gains. Default: `"any"`. */
  readonly root?: "object" | "any" | undefined
  /** Inlines small and single-use local `$ref`s, which many hosts mishandle. Default: `true`. */
  readonly dereference?: boolean | undefined
  /** Reads `"10"` as a number and the like, once strict validation has failed. Default: `false`. */
  readonly lenient?: boolean | undefined
  /** `peer` for a schema somebody sent: no code is generated from it, patterns run in linear time. Default: `"own"`. */
  readonly origin?: Origin | undefined
}

/**
 * Compiles a schema of any Standard Schema library, or raw JSON Schema, once and at registration. The schema
 * given is never changed.
 *
 * @throws InexpressibleSchema for what JSON Schema cannot say, with its path.
 * @throws OutdatedZod for zod 3, alone or inside zod 4.
 * @throws MissingConverter for libraries that need another call or package to describe themselves.
 * @throws InvalidSchema, UnresolvedRef, UnsupportedDialect for raw JSON Schema that cannot be used.
 * @throws SchemaTooLarge beyond 64 levels, 5,000 subschemas or 256 KiB.
 * @see S28/basic/index#json-schema-usage
 */
export function compileSchema(schema: Schema, options: CompileOptions): CompiledSchema {
  const { subject, side } = options
  const by: Subject = { subject, origin: options.origin ?? "own" }
  const standard = standardOf(schema)
  const source =
    standard === undefined ? readRaw(schema, by) : toJsonSchema(schema, standard, { side, subject })
  const { json, refs, keywords } = prepare(source, by, options)
  const hasDefaults = standard === undefined && side === "input" && keywords.has("default")
  if (hasDefaults && by.origin === "own") assertDefaults(json, subject)
  const strict =
    standard === undefined
      ? rawValidator({ json, refs, origin: by.origin }, hasDefaults)
      : standardValidator(standard)
  const validate = options.lenient === true ? lenientValidator(strict, json, refs) : strict
  return { json, keywords, validate }
}

/** Reads a raw JSON Schema, or says what was given instead. */
function readRaw(schema: unknown, by: Subject): JsonSchema {
  if (isOldZod(schema)) throw new OutdatedZod(by.subject)
  if (!isObject(schema)) {
    throw new InvalidSchema(by.subject, "#", {
      what: `is \`${schema === null ? "null" : typeof schema}\`, not a schema`,
      fix: "Give a schema of zod, valibot or arktype, or raw JSON Schema as an object.",
    })
  }
  try {
    const shape = Object.keys(schema).find((name) => isStandardSchema(schema[name]) || isOldZod(schema[name]))
    if (shape !== undefined) {
      throw new InvalidSchema(by.subject, `#/${shape}`, {
        what: "is a schema, so the whole is an object of schemas and no schema itself",
        fix: "Wrap it: `z.object({ … })`.",
      })
    }
    return toCurrentDialect(snapshot(schema, by.subject), by.subject)
  } catch (cause) {
    if (cause instanceof FleetError) throw cause
    throw new InvalidSchema(by.subject, "#", { what: "cannot be read: looking into it throws", cause })
  }
}

interface Prepared extends Pick<CompiledSchema, "json" | "keywords"> {
  readonly refs: Refs
}

function prepare(source: JsonSchema, by: Subject, options: CompileOptions): Prepared {
  const keywords = checkStructure(source, by)
  const resolve = usesRefs(keywords) ? resolveRefs : withoutRefs
  const refs = resolve(source, by)
  const inlined = options.dereference === false ? source : dereference(source, refs)
  const inlinedRefs = inlined === source ? refs : resolve(inlined, by)
  const json = options.root === "object" ? objectRoot(inlined, inlinedRefs, by.subject) : inlined
  // References are known by the objects that hold them; a root that gained its type is a new one.
  return { json: deepFreeze(json), refs: json === inlined ? inlinedRefs : resolve(json, by), keywords }
}

function rawValidator(document: { json: JsonSchema; refs: Refs; origin: Origin }, hasDefaults: boolean) {
  const validate = jsonSchemaValidator(document)
  if (!hasDefaults) return validate
  let fill: ((value: unknown) => unknown) | undefined
  return (value: unknown): MaybePromise<Validated> =>
    andThen(validate(value), (verdict) =>
      verdict.ok
        ? andThen(loaded ?? loadDefaults(), ({ defaultsOf }): Validated => {
            fill ??= defaultsOf(document.json) ?? ((given) => given)
            return { ok: true, value: fill(verdict.value) }
          })
        : verdict,
    )
}

let loaded: typeof import("./defaults.ts") | undefined

/** Loads what fills in defaults, which schema libraries do for themselves. */
export async function loadDefaults(): Promise<typeof import("./defaults.ts")> {
  loaded = await import("./defaults.ts")
  return loaded
}
