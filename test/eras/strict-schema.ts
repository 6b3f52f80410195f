import { readFileSync } from "node:fs"
import { Ajv } from "ajv"
import { Ajv2020 } from "ajv/dist/2020.js"
import addFormats from "ajv-formats"
import type { ProtocolRevision } from "../../src/spec/revisions.ts"

interface Published {
  readonly definitions: { readonly [name: string]: Node }
  readonly validate: (name: string, value: unknown) => string[]
}

interface Node {
  readonly properties?: { readonly [name: string]: unknown }
}

const published = new Map<ProtocolRevision, Published>()

/**
 * Checks a value against a definition of a revision's published schema that is closed: where the publication names
 * properties, others are errors. Returns the errors.
 */
export function strictErrors(revision: ProtocolRevision, definition: string, value: unknown): string[] {
  return publishedOf(revision).validate(definition, value)
}

/** Leaves out what stands in every message of JSON-RPC, for definitions that do not repeat it. */
export function bareMessage(revision: ProtocolRevision, definition: string, message: object): object {
  const known = publishedOf(revision).definitions[definition]?.properties ?? {}
  return Object.fromEntries(
    Object.entries(message).filter(([name]) => name in known || (name !== "jsonrpc" && name !== "id")),
  )
}

/** Whether a revision publishes a definition. */
export function isPublished(revision: ProtocolRevision, definition: string): boolean {
  return Object.hasOwn(publishedOf(revision).definitions, definition)
}

function publishedOf(revision: ProtocolRevision): Published {
  const known = published.get(revision) ?? read(revision)
  published.set(revision, known)
  return known
}

function read(revision: ProtocolRevision): Published {
  const url = new URL(`../spec/schemas/${revision}.json`, import.meta.url)
  const schema = JSON.parse(readFileSync(url, "utf8"))
  const keyword = "$defs" in schema ? "$defs" : "definitions"
  // Not strict: the published schemas use formats and unions that strict mode takes for mistakes.
  const options = { strict: false, allErrors: true }
  const ajv = keyword === "$defs" ? new Ajv2020(options) : new Ajv(options)
  addFormats.default(ajv)
  // Closing a schema leaves it one.
  ajv.addSchema(close(schema) as object, revision)
  return {
    definitions: schema[keyword],
    validate(name, value) {
      const validate = ajv.getSchema(`${revision}#/${keyword}/${name}`)
      if (validate === undefined) return [`${revision} publishes no \`${name}\``]
      if (validate(value)) return []
      return (validate.errors ?? []).map(
        ({ instancePath, message, params }) => `${name}${instancePath} ${message} ${JSON.stringify(params)}`,
      )
    },
  }
}

/** Closes every object of a schema; those of tools hold any JSON Schema, whatever the publication shows of it. */
function close(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(close)
  if (typeof node !== "object" || node === null) return node
  const closed = Object.fromEntries(
    Object.entries(node).map(([name, member]) => [
      name,
      name === "inputSchema" || name === "outputSchema" || name === "allOf" ? member : close(member),
    ]),
  )
  const { type, properties, additionalProperties } = closed
  const names = typeof properties === "object" && properties !== null ? Object.keys(properties).length : 0
  return type === "object" && names > 0 && additionalProperties === undefined
    ? { ...closed, additionalProperties: false }
    : closed
}
