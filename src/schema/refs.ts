import { InvalidSchema, SchemaTooLarge, UnresolvedRef } from "../errors/schema.ts"
import { childrenOf, isSubschema, pointerOf, type Subschema } from "./keywords.ts"
import type { JsonSchema } from "./schema.ts"
import { schemaLimits } from "./snapshot.ts"
import { checkStructure, type Subject } from "./structure.ts"

/** What a `$ref` points to. */
export interface Target {
  readonly schema: Subschema
  /** Its place in the document, from the root. */
  readonly tokens: readonly string[]
}

/** The references of one document, all of them local. */
export interface Refs {
  /** By the object that holds the `$ref` or `$dynamicRef`. */
  readonly targets: ReadonlyMap<JsonSchema, Target>
  /** Whether the document holds embedded resources or dynamic references, which inlining would break. */
  readonly entangled: boolean
}

/** Subschemas that apply to one and the same value, one through the other. */
const longestChain = 128

/** The base of a document without `$id`; nothing is ever fetched from it. */
const root = "schema://root/"

interface Place {
  readonly schema: JsonSchema
  readonly tokens: readonly string[]
}

interface Resolving {
  readonly document: JsonSchema
  readonly by: Subject
  /** Resources by absolute URI, and anchors by URI with fragment. */
  readonly places: Map<string, Target>
  readonly bases: Map<JsonSchema, string>
  readonly pending: Place[]
  /** How often each name is a dynamic anchor. */
  readonly dynamic: Map<string, number>
  subschemas: number
  entangled: boolean
}

/** Keywords that refer, or that name what is referred to. */
const referring = ["$ref", "$dynamicRef", "$id", "$anchor", "$dynamicAnchor"]

/** Tells whether there may be references in a schema with these keywords, or what {@link resolveRefs} refuses. */
export function usesRefs(keywords: ReadonlySet<string>): boolean {
  return referring.some((keyword) => keywords.has(keyword))
}

const none: Refs = { targets: new Map(), entangled: false }

/** The references of a document that has none. */
export function withoutRefs(): Refs {
  return none
}

/**
 * Resolves every reference of a checked document inside the document; nothing is ever fetched.
 *
 * @throws UnresolvedRef when a reference points to nothing or outside.
 * @throws InvalidSchema when references only lead to one another.
 * @see S28/basic/index#ref-resolution
 */
export function resolveRefs(document: JsonSchema, by: Subject): Refs {
  const resolving: Resolving = {
    document,
    by,
    places: new Map(),
    bases: new Map(),
    pending: [],
    dynamic: new Map(),
    subschemas: 0,
    entangled: false,
  }
  register({ schema: document, tokens: [] }, root, resolving)
  const targets = new Map<JsonSchema, Target>()
  // Resolving one may register more: what a pointer reaches need not be a place of schemas.
  for (let next = resolving.pending.pop(); next !== undefined; next = resolving.pending.pop()) {
    targets.set(next.schema, resolve(next, resolving))
  }
  const refs = { targets, entangled: resolving.entangled }
  // Without references subschemas lie no deeper in one another than the structure may have levels.
  if (targets.size > 0) checkChains(document, refs, by)
  return refs
}

/** Notes the places and references of a subtree. */
function register(place: Place, base: string, resolving: Resolving): void {
  const { schema, tokens } = place
  if (++resolving.subschemas > schemaLimits.subschemas) {
    throw new SchemaTooLarge(resolving.by.subject, `${schemaLimits.subschemas} subschemas`)
  }
  const here = baseOf(place, base, resolving)
  resolving.bases.set(schema, here)
  for (const name of [schema.$anchor, schema.$dynamicAnchor]) {
    if (typeof name === "string") resolving.places.set(`${here}#${name}`, place)
  }
  if (typeof schema.$dynamicAnchor === "string") {
    resolving.dynamic.set(schema.$dynamicAnchor, (resolving.dynamic.get(schema.$dynamicAnchor) ?? 0) + 1)
  }
  if (typeof schema.$dynamicRef === "string") resolving.entangled = true
  if (typeof schema.$ref === "string" || typeof schema.$dynamicRef === "string") resolving.pending.push(place)
  for (const child of childrenOf(schema)) {
    if (typeof child.schema === "boolean") continue
    register({ schema: child.schema, tokens: [...tokens, ...child.tokens] }, here, resolving)
  }
}

function baseOf(place: Place, base: string, resolving: Resolving): string {
  const { schema, tokens } = place
  if (tokens.length === 0) resolving.places.set(base, place)
  if (typeof schema.$id !== "string") return base
  if (tokens.length > 0) resolving.entangled = true
  const href = absolute(schema.$id, base)?.split("#")[0]
  if (href === undefined) {
    throw new InvalidSchema(resolving.by.subject, pointerOf([...tokens, "$id"]), { what: "is not a URI" })
  }
  resolving.places.set(href, place)
  return href
}

function resolve({ schema, tokens }: Place, resolving: Resolving): Target {
  const ref = String(schema.$ref ?? schema.$dynamicRef)
  const at = pointerOf([...tokens, schema.$ref === undefined ? "$dynamicRef" : "$ref"])
  const { subject } = resolving.by
  const url = absolute(ref, resolving.bases.get(schema) ?? root)
  const [href = "", fragment = ""] = url?.split("#") ?? []
  const resource = resolving.places.get(href)
  if (resource === undefined) {
    throw new UnresolvedRef(subject, at, {
      ref: ref.slice(0, 200),
      what: "that points outside the schema",
      fix: "Copy what it points to under `$defs` and refer to it as `#/$defs/…`; schemas are never fetched.",
    })
  }
  const found = fragment.startsWith("/")
    ? follow(resource, decode(fragment), resolving)
    : resolving.places.get(fragment === "" ? href : `${href}#${decode(fragment)}`)
  if (found === undefined) {
    throw new UnresolvedRef(subject, at, {
      ref: ref.slice(0, 200),
      what: "that points to nothing",
      fix: "Correct the name, or add the definition under `$defs`.",
    })
  }
  checkDynamic(schema, fragment, { at, resolving })
  return found
}

/** Follows a JSON Pointer from a resource; what it reaches outside the places of schemas is checked now. */
function follow(from: Target, pointer: string, resolving: Resolving): Target | undefined {
  let value: unknown = from.schema
  const tokens = pointer
    .split("/")
    .slice(1)
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"))
  for (const token of tokens) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, token)) return undefined
    // `as`: an own property of an object, whatever its type.
    value = (value as { readonly [name: string]: unknown })[token]
  }
  if (!isSubschema(value)) return undefined
  const target = { schema: value, tokens: [...from.tokens, ...tokens] }
  if (typeof value === "boolean" || resolving.bases.has(value)) return target
  checkStructure(value, resolving.by, target.tokens)
  register(
    { schema: value, tokens: target.tokens },
    resolving.bases.get(resolving.document) ?? root,
    resolving,
  )
  return target
}

/** With one anchor of its name, a dynamic reference is a plain one; with several it depends on the way taken. */
function checkDynamic(
  schema: JsonSchema,
  fragment: string,
  { at, resolving }: { at: string; resolving: Resolving },
): void {
  if (typeof schema.$dynamicRef !== "string") return
  const plain = schema.$ref === undefined && (resolving.dynamic.get(fragment) ?? 0) <= 1
  if (plain) return
  throw new InvalidSchema(resolving.by.subject, at, {
    what: "is dynamic over several anchors, which is not supported",
    fix: "Use `$ref` with `$defs`.",
  })
}

/** Refuses subschemas that apply to the same value without end, and chains long enough to exhaust the stack. */
function checkChains(document: JsonSchema, refs: Refs, by: Subject): void {
  const done = new Map<JsonSchema, number>()
  const open = new Set<JsonSchema>()
  const measure = (schema: JsonSchema): number => {
    const known = done.get(schema)
    if (known !== undefined) return known
    if (open.has(schema)) {
      throw new InvalidSchema(by.subject, "#", { what: "has a `$ref` that only leads back to itself" })
    }
    if (open.size > longestChain) throw new SchemaTooLarge(by.subject, `${longestChain} references in a row`)
    open.add(schema)
    const through = childrenOf(schema).filter((child) => child.applies === "value")
    const target = refs.targets.get(schema)
    const next = [...through.map((child) => child.schema), ...(target === undefined ? [] : [target.schema])]
    const longest = next.reduce(
      (most, each) => Math.max(most, typeof each === "boolean" ? 0 : measure(each)),
      0,
    )
    open.delete(schema)
    if (longest >= longestChain) throw new SchemaTooLarge(by.subject, `${longestChain} references in a row`)
    done.set(schema, longest + 1)
    return longest + 1
  }
  const visited = new Set<Subschema>([true, false])
  const visit = (schema: Subschema): void => {
    if (typeof schema === "boolean" || visited.has(schema)) return
    visited.add(schema)
    measure(schema)
    for (const child of childrenOf(schema)) visit(child.schema)
  }
  visit(document)
  for (const target of refs.targets.values()) visit(target.schema)
}

function absolute(reference: string, base: string): string | undefined {
  return URL.canParse(reference, base) ? new URL(reference, base).href : undefined
}

function decode(fragment: string): string {
  try {
    return decodeURIComponent(fragment)
  } catch {
    // Not percent-encoded after all: taken as it is, it can still only name something in the document.
    return fragment
  }
}
