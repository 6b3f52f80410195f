import { isObject } from "../../schema/keywords.ts"
import type { Colors } from "./output.ts"
import { terminalLine } from "./terminal-text.ts"

/** Objects inside one another, members of one, and choices that are written out. */
const deepest = 2
const mostMembers = 8
const mostChoices = 6

/** Parameters of a tool that are written out. */
const mostParameters = 30

/** Writes a tool the way code would declare it: `add(a: number, b?: number = 1): number`. */
export function toolSignature(tool: { readonly [field: string]: unknown }, colors: Colors): string {
  const { name, inputSchema, outputSchema } = tool
  const parameters = members(inputSchema, inputSchema, 0).map(({ key, isOptional, schema }) => {
    const initial = isObject(schema) && schema.default !== undefined ? ` = ${literal(schema.default)}` : ""
    const type = typeText(schema, inputSchema, 1)
    return `${key}${colors.dim(`${isOptional ? "?" : ""}: ${type}${initial}`)}`
  })
  const result = outputSchema === undefined ? "" : colors.dim(`: ${typeText(outputSchema, outputSchema, 0)}`)
  return `${colors.cyan(terminalLine(String(name), 200))}${list(parameters, colors)}${result}`
}

/** Writes a prompt the way code would declare it: `review(code, language?)`. */
export function promptSignature(prompt: { readonly [field: string]: unknown }, colors: Colors): string {
  const given: readonly unknown[] = Array.isArray(prompt.arguments) ? prompt.arguments : []
  const parameters = given
    .filter(isObject)
    .map(
      ({ name, required }) => `${terminalLine(String(name), 100)}${required === true ? "" : colors.dim("?")}`,
    )
  return `${colors.cyan(terminalLine(String(prompt.name), 200))}${list(parameters, colors)}`
}

/** Names the type of a JSON Schema in the words of TypeScript; what is deep or long is shortened. */
export function typeText(schema: unknown, root: unknown, depth: number): string {
  const target = resolved(schema, root)
  if (!isObject(target)) return "any"
  if (Object.hasOwn(target, "const")) return literal(target.const)
  if (Array.isArray(target.enum)) return union(some(target.enum).map(literal))
  const choices = target.anyOf ?? target.oneOf
  if (Array.isArray(choices)) {
    return depth > deepest + 1 ? "…" : union(some(choices).map((choice) => typeText(choice, root, depth + 1)))
  }
  const { type } = target
  if (Array.isArray(type))
    return union(some(type).map((name) => plainType({ ...target, type: name }, root, depth)))
  return plainType(target, root, depth)
}

function plainType(schema: { readonly [keyword: string]: unknown }, root: unknown, depth: number): string {
  switch (schema.type) {
    case "array": {
      const item = depth > deepest ? "…" : typeText(schema.items, root, depth + 1)
      return /[ |]/.test(item) ? `(${item})[]` : `${item}[]`
    }
    case "object":
      return objectType(schema, root, depth)
    case "string":
    case "number":
    case "integer":
    case "boolean":
    case "null":
      return schema.type
    default:
      return isObject(schema.properties) ? objectType(schema, root, depth) : "any"
  }
}

function objectType(schema: { readonly [keyword: string]: unknown }, root: unknown, depth: number): string {
  if (depth > deepest || !isObject(schema.properties)) return "object"
  const shown = members(schema, root, depth + 1).map(
    ({ key, isOptional, schema: member }) =>
      `${key}${isOptional ? "?" : ""}: ${typeText(member, root, depth + 1)}`,
  )
  if (shown.length === 0) return "{}"
  return `{ ${shown.slice(0, mostMembers).join(", ")}${shown.length > mostMembers ? ", …" : ""} }`
}

/** The properties of an object schema, one more than are shown. */
function members(schema: unknown, root: unknown, depth: number) {
  const target = resolved(schema, root)
  if (!isObject(target) || !isObject(target.properties)) return []
  const required: readonly unknown[] = Array.isArray(target.required) ? target.required : []
  const most = depth === 0 ? mostParameters : mostMembers + 1
  return Object.entries(target.properties)
    .slice(0, most + 1)
    .map(([name, member]) => ({
      key: terminalLine(name, 100),
      isOptional: !required.includes(name),
      schema: resolved(member, root),
    }))
}

/** Follows a reference inside the document, once: what leads on and on is shown as `any`. */
function resolved(schema: unknown, root: unknown): unknown {
  if (!isObject(schema) || typeof schema.$ref !== "string" || !schema.$ref.startsWith("#")) return schema
  let target = root
  for (const step of schema.$ref.slice(1).split("/").slice(1)) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~")
    target = isObject(target) && Object.hasOwn(target, name) ? target[name] : undefined
  }
  return isObject(target) ? { ...target, ...schema, $ref: undefined } : undefined
}

/** As many choices as are shown, and one more: a schema of somebody else may have any number. */
function some(choices: readonly unknown[]): readonly unknown[] {
  return choices.slice(0, mostChoices + 1)
}

function union(parts: readonly string[]): string {
  const each = [...new Set(parts)]
  return `${each.slice(0, mostChoices).join(" | ")}${each.length > mostChoices ? " | …" : ""}`
}

function literal(value: unknown): string {
  return terminalLine(JSON.stringify(value) ?? "undefined", 60)
}

function list(parameters: readonly string[], colors: Colors): string {
  const shown = parameters.slice(0, mostParameters)
  const rest = parameters.length > mostParameters ? [colors.dim("…")] : []
  return `${colors.dim("(")}${[...shown, ...rest].join(colors.dim(", "))}${colors.dim(")")}`
}
