import { subschemaKeywords } from "../../schema/keywords.ts"
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
    properties: { result: moved(inner) },
    required: ["result"],
    // By it clients of FastMCP, of which there are many, know to take the value out again.
    "x-fastmcp-wrap-result": true,
  }
}

function moved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(moved)
  // With an `$id` of its own it is a document of its own, in which references stay as they are.
  if (!isObject(value) || typeof value.$id === "string") return value
  return mapMembers(value, (member, name) => {
    if (isRef(name, member)) return at(member)
    if (data.has(name)) return member
    // What stands here by name is a schema, whatever its name.
    const isMap = Object.hasOwn(subschemaKeywords, name) && subschemaKeywords[name]?.holds === "map"
    return isMap && isObject(member) ? mapMembers(member, moved) : moved(member)
  })
}

function mapMembers(fields: Fields, change: (member: unknown, name: string) => unknown): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, member]) => [name, change(member, name)]))
}

/** Keywords that hold values, in which `$ref` is a member like any other. */
const data: ReadonlySet<string> = /* @__PURE__ */ new Set(["const", "enum", "default", "examples"])

/** An empty reference, `#` and `#/…` count from the root of the document; `#name` is an anchor, wherever that is. */
function isRef(name: string, value: unknown): value is string {
  return (
    (name === "$ref" || name === "$dynamicRef") && typeof value === "string" && /^(?:#?$|#\/)/.test(value)
  )
}

function at(ref: string): string {
  return `#/properties/result${ref.slice(1)}`
}
