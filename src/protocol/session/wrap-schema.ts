import { isObject } from "../jsonrpc.ts"

type Fields = { readonly [name: string]: unknown }

/**
 * Puts a schema under `result` of an object, for clients that know only objects. Its references within the document go
 * on pointing at what they pointed at.
 *
 * @see SEP-2106
 */
export function wrapSchema(schema: Fields): Fields {
  const { $schema, ...inner } = schema
  return {
    ...($schema === undefined ? undefined : { $schema }),
    type: "object",
    // With an `$id` of its own it is a document of its own, in which references stay as they are.
    properties: { result: inner.$id === undefined ? moved(inner) : inner },
    required: ["result"],
  }
}

function moved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(moved)
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(([name, member]) => [
    name,
    isRef(name, member) ? at(member) : moved(member),
  ])
  return Object.fromEntries(entries)
}

/** `#` and `#/…` count from the root of the document; `#name` is an anchor, wherever that is. */
function isRef(name: string, value: unknown): value is string {
  return (name === "$ref" || name === "$dynamicRef") && typeof value === "string" && /^#(?:\/|$)/.test(value)
}

function at(ref: string): string {
  return `#/properties/result${ref.slice(1)}`
}
