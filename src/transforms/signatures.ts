import { isObject } from "../protocol/jsonrpc.ts"
import type { Tool as WireTool } from "../spec/index.ts"

/** A schema may come from a stranger: what is deeper or longer is `unknown`. */
const deepest = 8
const mostCharacters = 4_000
const mostMembers = 100

/** Writes how a tool is called, as a declaration in TypeScript. */
export function signatureOf({ name, description, inputSchema, outputSchema }: WireTool): string {
  const args = typeOf(inputSchema, 0)
  const result = outputSchema === undefined ? "unknown" : typeOf(outputSchema, 0)
  const comment = description === undefined ? "" : `/** ${oneLine(description)} */\n`
  return `${comment}callTool(${JSON.stringify(name)}, args: ${bounded(args)}): Promise<${bounded(result)}>`
}

function bounded(type: string): string {
  return type.length > mostCharacters ? "unknown" : type
}

/** A comment cannot be left by what stands in it. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").replaceAll("*/", "* /").slice(0, 500)
}

function typeOf(schema: unknown, depth: number): string {
  if (!isObject(schema) || depth > deepest) return "unknown"
  if ("const" in schema) return literal(schema.const)
  if (Array.isArray(schema.enum)) return union(schema.enum.slice(0, mostMembers).map(literal))
  const branches = schema.anyOf ?? schema.oneOf
  if (Array.isArray(branches))
    return union(branches.slice(0, mostMembers).map((each) => typeOf(each, depth + 1)))
  if (Array.isArray(schema.type)) {
    const types = schema.type.slice(0, 10)
    return union(types.map((type) => typeOf({ ...schema, type }, depth + 1)))
  }
  switch (schema.type) {
    case "string":
    case "boolean":
    case "null":
      return schema.type
    case "number":
    case "integer":
      return "number"
    case "array":
      return `Array<${typeOf(schema.items, depth + 1)}>`
    case "object":
      return objectOf(schema, depth)
    default:
      return isObject(schema.properties) ? objectOf(schema, depth) : "unknown"
  }
}

function objectOf(schema: { readonly [name: string]: unknown }, depth: number): string {
  const properties = isObject(schema.properties) ? Object.entries(schema.properties) : []
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : []
  const members = properties.slice(0, mostMembers).map(([name, property]) => {
    const described =
      isObject(property) && typeof property.description === "string" ? property.description : ""
    const comment = described === "" ? "" : `/** ${oneLine(described)} */ `
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
    return `${comment}${key}${required.includes(name) ? "" : "?"}: ${typeOf(property, depth + 1)}`
  })
  if (schema.additionalProperties !== false && properties.length === 0)
    members.push(`[name: string]: ${typeOf(schema.additionalProperties, depth + 1)}`)
  return members.length === 0 ? "{}" : `{ ${members.join("; ")} }`
}

function literal(value: unknown): string {
  return JSON.stringify(value) ?? "unknown"
}

function union(types: readonly string[]): string {
  const all = [...new Set(types)]
  return all.length === 0 ? "unknown" : all.join(" | ")
}
