import { readFileSync } from "node:fs"
import { Ajv } from "ajv"
import { Ajv2020 } from "ajv/dist/2020.js"
import addFormats from "ajv-formats"
import type { ProtocolRevision } from "../../src/spec/revisions.ts"

type Validator = (value: unknown) => string[]

const compilers = new Map<ProtocolRevision, (definitionName: string) => Validator>()
const validators = new Map<string, Validator>()

/**
 * Checks a value against a definition of a revision's published schema and returns the errors, none when it conforms.
 * The value is what a peer would parse: properties that are `undefined` count as absent.
 *
 * @throws {Error} The revision has no definition of that name.
 */
export function validateMessage(
  revision: ProtocolRevision,
  definitionName: string,
  value: unknown,
): string[] {
  const key = `${revision}/${definitionName}`
  const validate = validators.get(key) ?? compilerOf(revision)(definitionName)
  validators.set(key, validate)
  return validate(value)
}

function compilerOf(revision: ProtocolRevision): (definitionName: string) => Validator {
  const compiler = compilers.get(revision) ?? createCompiler(revision)
  compilers.set(revision, compiler)
  return compiler
}

function createCompiler(revision: ProtocolRevision): (definitionName: string) => Validator {
  const schema = JSON.parse(readFileSync(new URL(`./schemas/${revision}.json`, import.meta.url), "utf8"))
  const keyword = "$defs" in schema ? "$defs" : "definitions"
  // Not strict: the published schemas use formats and unions that strict mode takes for mistakes.
  const options = { strict: false, allErrors: true }
  const ajv = keyword === "$defs" ? new Ajv2020(options) : new Ajv(options)
  addFormats.default(ajv)
  ajv.addSchema(schema, revision)
  return (definitionName) => {
    if (!Object.hasOwn(schema[keyword], definitionName)) {
      throw new Error(`Revision ${revision} has no definition named ${definitionName}.`)
    }
    const validate = ajv.compile({ $ref: `${revision}#/${keyword}/${definitionName}` })
    return (value) => {
      if (validate(value)) return []
      return (validate.errors ?? []).map((error) => `${error.instancePath || "/"} ${error.message}`)
    }
  }
}
