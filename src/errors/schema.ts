import { FleetError } from "./fleet-error.ts"

/** A schema holds something that JSON Schema cannot say, so peers could not be told about it. */
export class InexpressibleSchema extends FleetError {
  readonly code = "FLEET-11"
  /** Where in the described value, such as `items[].when`, or a JSON Pointer into raw JSON Schema; empty for the root. */
  readonly path: string
  /** `problem` completes "… at `path`: "; `cause` is what the schema library threw. */
  constructor(subject: string, path: string, problem: { what: string; fix: string; cause?: unknown }) {
    super(`The schema of ${subject} cannot be put in JSON Schema: ${place(path)} ${problem.what}.`, problem)
    this.path = path
  }
}

/** A schema comes from zod 3, alone or inside a schema of zod 4. */
export class OutdatedZod extends FleetError {
  readonly code = "FLEET-06"
  /** Where the zod 3 part sits; empty when the whole schema is zod 3. */
  readonly path: string
  constructor(subject: string, path = "") {
    const what = path === "" ? "is a zod 3 schema" : `mixes zod versions: \`${path}\` is a zod 3 schema`
    super(`The schema of ${subject} ${what}; zod 3 cannot describe itself as JSON Schema.`, {
      fix: 'Run `npm install zod@^4.2` and build every schema with `import * as z from "zod"`; a package that imports `zod/v3` needs the same change.',
    })
    this.path = path
  }
}

/** A schema library needs its converter before it can describe itself as JSON Schema. */
export class MissingConverter extends FleetError {
  readonly code = "SCHEMA_CONVERTER_MISSING"
  constructor(subject: string, vendor: string, fix: string) {
    super(`The schema of ${subject} is a ${vendor} schema, which does not carry its JSON Schema.`, { fix })
  }
}

/** A raw JSON Schema is malformed, or what was given is no schema at all. */
export class InvalidSchema extends FleetError {
  readonly code = "INVALID_SCHEMA"
  /** A JSON Pointer into the schema, such as `#/properties/a/type`. */
  readonly pointer: string
  constructor(subject: string, pointer: string, problem: { what: string; fix?: string; cause?: unknown }) {
    super(`The schema of ${subject} is invalid: \`${pointer}\` ${problem.what}.`, problem)
    this.pointer = pointer
  }
}

/** A schema is larger, deeper or more entangled than the bounds allow. */
export class SchemaTooLarge extends FleetError {
  readonly code = "SCHEMA_TOO_LARGE"
  constructor(subject: string, limit: string) {
    super(`The schema of ${subject} is too large: it has more than ${limit}.`, {
      fix: "Split it, or describe the large part as a plain object and check it in the handler.",
    })
  }
}

/** A raw JSON Schema declares a dialect that cannot be read. */
export class UnsupportedDialect extends FleetError {
  readonly code = "UNSUPPORTED_DIALECT"
  constructor(subject: string, dialect: string) {
    super(`The schema of ${subject} declares the dialect \`${dialect}\`, which is not supported.`, {
      fix: "Write JSON Schema 2020-12, or drafts 2019-09, 7 or 6, which are converted.",
    })
  }
}

/** A `$ref` points to nothing, or to a place outside the schema. */
export class UnresolvedRef extends FleetError {
  readonly code = "UNRESOLVED_REF"
  constructor(subject: string, pointer: string, problem: { ref: string; what: string; fix: string }) {
    super(`The schema of ${subject} has a \`$ref\` at \`${pointer}\` ${problem.what}: \`${problem.ref}\`.`, {
      fix: problem.fix,
    })
  }
}

/**
 * An `x-mcp-header` annotation breaks a rule, which makes clients drop the whole tool.
 *
 * @see S28/basic/transports/streamable-http#schema-extension
 */
export class InvalidHeaderParam extends FleetError {
  readonly code = "INVALID_HEADER_PARAM"
  /** The property that carries the annotation, such as `opts.region`. */
  readonly property: string
  constructor(property: string, problem: string, fix: string) {
    super(`The header of parameter \`${property}\` is invalid: ${problem}.`, { fix })
    this.property = property
  }
}

/** Names a place in a sentence. */
function place(path: string): string {
  return path === "" ? "the root" : `\`${path}\``
}
