import {
  annotationKeywords,
  childrenOf,
  isObject,
  isSubschema,
  mapSubschemas,
  type Subschema,
} from "./keywords.ts"
import type { Refs, Target } from "./refs.ts"
import type { JsonSchema } from "./schema.ts"
import { schemaLimits } from "./snapshot.ts"

/** Characters of JSON up to which a definition that is used in several places is copied to each of them. */
const small = 2_048

/** Characters of JSON that all such copies together may add. */
const mostGrowth = 32 * 1_024

/** Keywords that mean something only where a definition stands, not where it is copied to. */
const definitionKeywords = ["$defs", "definitions"]
const definitionOnly = [...definitionKeywords, "$anchor", "$schema", "$id"]

interface Inlining {
  readonly refs: Refs
  readonly facts: ReadonlyMap<Subschema, Facts>
  /** What references that stay point to. */
  readonly kept: Target[]
  /** References replaced by what they point to. */
  inlined: number
  growth: number
}

/** What a definition becomes when everything in it is inlined; recursive definitions have none. */
interface Facts {
  readonly size: number
  readonly depth: number
  readonly uses: number
}

/**
 * Inlines local references, because many hosts mishandle them: those to definitions that are small or used
 * once. Recursive and large definitions keep their references, so the schema grows by a bounded amount. What
 * is not referred to any more leaves `$defs`; a schema with nothing to inline is returned as it is.
 */
export function dereference(document: JsonSchema, refs: Refs): JsonSchema {
  // Embedded resources and dynamic references mean something else in another place.
  if (refs.targets.size === 0 || refs.entangled) return document
  const inlining: Inlining = { refs, facts: factsOf(refs), kept: [], inlined: 0, growth: 0 }
  const result = inlineRoot(document, omit(document, definitionKeywords), inlining)
  const used = usedDefinitions(document, inlining)
  return inlining.inlined === 0 ? document : { ...result, ...used }
}

/** The root cannot stay a mere reference: hosts look there for `type` and `properties`. */
function inlineRoot(document: JsonSchema, body: JsonSchema, inlining: Inlining): JsonSchema {
  const own = withoutDiscriminator(
    document,
    mapSubschemas(body, (child) => inline(child, inlining, 2)),
  )
  const target = inlining.refs.targets.get(document)
  if (target === undefined || typeof target.schema === "boolean") return own
  inlining.inlined++
  const { schema } = target
  return merge(inlineRoot(schema, omit(schema, definitionOnly), inlining), own)
}

function inline(schema: Subschema, inlining: Inlining, depth: number): Subschema {
  if (typeof schema === "boolean") return schema
  const own = withoutDiscriminator(
    schema,
    mapSubschemas(schema, (child) => inline(child, inlining, depth + 1)),
  )
  const target = inlining.refs.targets.get(schema)
  if (target === undefined) return own
  if (!mayInline(target, inlining, depth)) {
    inlining.kept.push(target)
    return own
  }
  inlining.inlined++
  const definition = inline(target.schema, inlining, depth)
  return merge(typeof definition === "boolean" ? definition : omit(definition, definitionOnly), own)
}

function mayInline({ schema }: Target, inlining: Inlining, depth: number): boolean {
  if (typeof schema === "boolean") return true
  const facts = inlining.facts.get(schema)
  if (facts === undefined || depth + facts.depth > schemaLimits.depth) return false
  if (facts.uses === 1) return true
  if (facts.size > small || inlining.growth + facts.size > mostGrowth) return false
  inlining.growth += facts.size
  return true
}

/** Puts a definition in the place of the reference in `holder`, with what stood beside the reference. */
function merge(definition: Subschema, holder: JsonSchema): JsonSchema {
  const beside = omit(holder, ["$ref"])
  const describes = Object.keys(beside).every((keyword) => annotationKeywords.includes(keyword))
  if (typeof definition !== "boolean" && describes) return { ...definition, ...beside }
  // Keywords such as `additionalProperties` look at their neighbours, so the two must stay apart.
  return { ...beside, allOf: [definition, ...(Array.isArray(beside.allOf) ? beside.allOf : [])] }
}

/**
 * Takes away the `discriminator` of OpenAPI when its branches were inlined, since it names them by reference;
 * what it said is kept by requiring the property in each branch.
 */
function withoutDiscriminator(before: JsonSchema, after: JsonSchema): JsonSchema {
  const { discriminator } = before
  if (!isObject(discriminator) || typeof discriminator.propertyName !== "string") return after
  const name = discriminator.propertyName
  const changed: { [keyword: string]: unknown } = {}
  for (const keyword of ["oneOf", "anyOf"]) {
    const [old, now] = [before[keyword], after[keyword]]
    if (!Array.isArray(old) || !Array.isArray(now)) continue
    const inlined = old.some(
      (branch, at) => isObject(branch) && "$ref" in branch && !("$ref" in Object(now[at])),
    )
    if (inlined) changed[keyword] = now.map((branch) => requiring(name, branch))
  }
  return Object.keys(changed).length === 0 ? after : { ...omit(after, ["discriminator"]), ...changed }
}

function requiring(name: string, branch: unknown): unknown {
  if (!isObject(branch) || !isObject(branch.properties) || !Object.hasOwn(branch.properties, name))
    return branch
  const required: readonly unknown[] = Array.isArray(branch.required) ? branch.required : []
  return required.includes(name) ? branch : { ...branch, required: [...required, name] }
}

/** Keeps of the definitions those that some reference which stayed leads to. */
function usedDefinitions(document: JsonSchema, inlining: Inlining): JsonSchema {
  const done = new Map<unknown, Subschema>()
  const places = placesIn(document)
  // Working on one definition may keep more references, which are then seen by this same loop.
  for (const { schema, tokens } of inlining.kept) {
    const [keyword = "", name = ""] = tokens
    const held = definitionKeywords.includes(keyword) ? document[keyword] : undefined
    // Below a keyword that is none of JSON Schema nothing was inlined, so its references stay as well.
    if (!places.has(schema)) inlining.kept.push(...targetsIn(schema, inlining))
    const definition = isObject(held) && Object.hasOwn(held, name) ? held[name] : undefined
    if (!isSubschema(definition) || done.has(definition)) continue
    done.set(definition, definition)
    done.set(definition, inline(definition, inlining, 2))
  }
  const used: { [keyword: string]: unknown } = {}
  for (const keyword of definitionKeywords) {
    const entries = isObject(document[keyword]) ? Object.entries(document[keyword]) : []
    const kept = entries.filter(([, definition]) => done.has(definition))
    if (kept.length > 0)
      used[keyword] = Object.fromEntries(kept.map(([name, each]) => [name, done.get(each)]))
  }
  return used
}

/** Every subschema that stands where JSON Schema expects one. */
function placesIn(schema: Subschema, places: Set<Subschema> = new Set()): Set<Subschema> {
  places.add(schema)
  if (typeof schema !== "boolean") for (const child of childrenOf(schema)) placesIn(child.schema, places)
  return places
}

/** What the references inside a kept place point to, unless that is known already. */
function targetsIn(schema: Subschema, { refs, kept }: Inlining): Target[] {
  return refsIn(schema, refs).filter((target) => !kept.some((known) => known.schema === target.schema))
}

/** Measures every definition that can be inlined, deepest first, without recursion over references. */
function factsOf(refs: Refs): ReadonlyMap<Subschema, Facts> {
  const uses = new Map<Subschema, number>()
  for (const { schema } of refs.targets.values()) uses.set(schema, (uses.get(schema) ?? 0) + 1)
  const needs = new Map(
    [...uses.keys()].map((schema) => [schema, refsIn(schema, refs).map((to) => to.schema)]),
  )
  const facts = new Map<Subschema, Facts>()
  for (const schema of inOrder(needs)) {
    const inner = (needs.get(schema) ?? []).map((need) => facts.get(need))
    const size = inner.reduce((sum, fact) => sum + (fact?.size ?? 0), JSON.stringify(schema).length)
    const depth = inner.reduce((most, fact) => Math.max(most, fact?.depth ?? 0), 0) + depthOf(schema)
    facts.set(schema, { size, depth, uses: uses.get(schema) ?? 0 })
  }
  return facts
}

type Edges = ReadonlyMap<Subschema, readonly Subschema[]>

/**
 * Orders definitions so that each comes after those it needs. Those that need themselves, and those between two
 * such ones, are left out.
 */
function inOrder(needs: Edges): Subschema[] {
  const neededBy = new Map<Subschema, Subschema[]>([...needs.keys()].map((schema) => [schema, []]))
  for (const [schema, list] of needs) for (const need of list) neededBy.get(need)?.push(schema)
  const first = peel(new Set(needs.keys()), needs, neededBy)
  const rest = new Set(needs.keys())
  for (const schema of first) rest.delete(schema)
  return [...first, ...peel(rest, neededBy, needs).reverse()]
}

/** Lists what in a set waits for nothing in the set, then what waits only for those, and so on. */
function peel(among: ReadonlySet<Subschema>, waitsFor: Edges, frees: Edges): Subschema[] {
  const waits = new Map<Subschema, number>()
  for (const schema of among)
    waits.set(schema, (waitsFor.get(schema) ?? []).filter((each) => among.has(each)).length)
  const free = [...among].filter((schema) => waits.get(schema) === 0)
  for (const schema of free) {
    for (const next of frees.get(schema) ?? []) {
      const left = (waits.get(next) ?? 0) - 1
      waits.set(next, left)
      if (left === 0) free.push(next)
    }
  }
  return free
}

/** What the references in the applied part of a schema point to. */
function refsIn(schema: Subschema, refs: Refs): Target[] {
  if (typeof schema === "boolean") return []
  const target = refs.targets.get(schema)
  const inner = childrenOf(schema).filter((child) => child.applies !== "never")
  return [...(target === undefined ? [] : [target]), ...inner.flatMap((child) => refsIn(child.schema, refs))]
}

function depthOf(schema: Subschema): number {
  if (typeof schema === "boolean") return 0
  return childrenOf(schema).reduce((most, child) => Math.max(most, depthOf(child.schema)), 0) + 1
}

function omit(schema: JsonSchema, keywords: readonly string[]): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !keywords.includes(keyword)))
}
