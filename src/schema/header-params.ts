import { InvalidHeaderParam } from "../errors/schema.ts"
import { childrenOf, isObject } from "./keywords.ts"
import type { JsonSchema } from "./schema.ts"
import { deepFreeze } from "./snapshot.ts"

/** One parameter of a tool that clients also send as the HTTP header `Mcp-Param-<header>`. */
export interface HeaderParam {
  /** The properties that lead to the parameter. */
  readonly path: readonly string[]
  /** The name after `Mcp-Param-`. */
  readonly header: string
  readonly type: "string" | "integer" | "boolean"
}

/** The keyword that names the header of a parameter. */
export const headerKeyword = "x-mcp-header"

const types = ["string", "integer", "boolean"]

/**
 * Lists the `x-mcp-header` annotations of an input schema. Clients drop a tool with a bad one, so each is
 * checked: an HTTP token, different from the others without regard to case, on a string, integer or boolean
 * that is reached by `properties` alone.
 *
 * @throws InvalidHeaderParam naming the property and the rule.
 * @see S28/basic/transports/streamable-http#schema-extension
 */
export function headerParams(json: JsonSchema): readonly HeaderParam[] {
  const found: HeaderParam[] = []
  collect(json, { path: [], strayed: undefined }, found)
  const owners = new Map<string, string>()
  for (const { path, header } of found) {
    const owner = owners.get(header.toLowerCase())
    if (owner !== undefined) {
      throw new InvalidHeaderParam(
        path.join("."),
        `the header \`${header}\` already belongs to \`${owner}\`, and case does not tell headers apart`,
        "Give each parameter a header of its own.",
      )
    }
    owners.set(header.toLowerCase(), path.join("."))
  }
  return found
}

/**
 * Adds `x-mcp-header` annotations to a copy of a schema, by property: `{ region: "Region" }`, with dots for
 * properties of properties: `{ "target.region": "Region" }`.
 *
 * @throws InvalidHeaderParam when a property is not there, or a rule of {@link headerParams} is broken.
 */
export function withHeaderParams(json: JsonSchema, headers: Readonly<Record<string, string>>): JsonSchema {
  let annotated = json
  for (const [property, header] of Object.entries(headers)) annotated = annotate(annotated, property, header)
  headerParams(annotated)
  return deepFreeze(annotated)
}

interface Where {
  readonly path: readonly string[]
  /** The keyword that left the chain of `properties`. */
  readonly strayed: string | undefined
}

function collect(schema: JsonSchema, where: Where, found: HeaderParam[]): void {
  if (Object.hasOwn(schema, headerKeyword)) found.push(check(schema, where))
  for (const child of childrenOf(schema)) {
    if (typeof child.schema === "boolean") continue
    const [name, property] = child.tokens
    const next = name === "properties" && property !== undefined ? [property] : []
    collect(
      child.schema,
      {
        path: [...where.path, ...next],
        strayed: where.strayed ?? (name === "properties" ? undefined : child.keyword),
      },
      found,
    )
  }
}

function check(schema: JsonSchema, { path, strayed }: Where): HeaderParam {
  const property = path.join(".")
  const header = schema[headerKeyword]
  if (strayed !== undefined) {
    throw new InvalidHeaderParam(
      property,
      `it is reached through \`${strayed}\``,
      "Headers carry only parameters that are reached by `properties`, never below lists, choices or `$defs`.",
    )
  }
  if (typeof header !== "string" || !/^[\w!#$%&'*+.^`|~-]+$/.test(header)) {
    throw new InvalidHeaderParam(
      property,
      `\`${JSON.stringify(header)}\` is no name for a header`,
      "Use letters, digits and hyphens, such as `Region`.",
    )
  }
  const { type } = schema
  if (type !== "string" && type !== "integer" && type !== "boolean") {
    throw new InvalidHeaderParam(
      property,
      `its type is ${describeType(schema)}`,
      `A header carries one of ${types.join(", ")}; for whole numbers write \`z.int()\` in zod.`,
    )
  }
  return { path, header, type }
}

function describeType(schema: JsonSchema): string {
  if (typeof schema.$ref === "string") return "behind a `$ref`"
  return schema.type === undefined ? "not stated" : `\`${JSON.stringify(schema.type)}\``
}

/** Annotates the property a dotted name leads to; a property that has the whole name goes first. */
function annotate(schema: JsonSchema, property: string, header: string): JsonSchema {
  const change = (each: JsonSchema, rest: string): JsonSchema | undefined => {
    const { properties } = each
    if (!isObject(properties)) return undefined
    for (let at = rest.length; at > 0; at = rest.lastIndexOf(".", at - 1)) {
      const name = rest.slice(0, at)
      const child = Object.hasOwn(properties, name) ? properties[name] : undefined
      if (!isObject(child)) continue
      const changed =
        at === rest.length ? { ...child, [headerKeyword]: header } : change(child, rest.slice(at + 1))
      if (changed !== undefined) return { ...each, properties: { ...properties, [name]: changed } }
    }
    return undefined
  }
  const changed = change(schema, property)
  if (changed !== undefined) return changed
  const names = isObject(schema.properties) ? Object.keys(schema.properties).slice(0, 20) : []
  throw new InvalidHeaderParam(
    property,
    "the input has no such property",
    names.length === 0
      ? "Give the tool an `input` schema."
      : `Use one of ${names.map((name) => `\`${name}\``).join(", ")}.`,
  )
}
