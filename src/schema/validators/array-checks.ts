import { isSubschema, type Subschema } from "../keywords.ts"
import { sized } from "../phrases.ts"
import type { JsonSchema } from "../schema.ts"
import {
  type Check,
  type CheckMaker,
  type Compiling,
  canonical,
  descend,
  eighth,
  fail,
  isSettled,
  spend,
  verdict,
} from "./check.ts"

/** Makes the checks that apply to arrays only, but for `unevaluatedItems`. */
export const arrayChecks: CheckMaker = (schema, compiling) => [
  lengthCheck(schema),
  itemsCheck(schema, compiling),
  containsCheck(schema, compiling),
  schema.uniqueItems === true ? uniqueCheck : undefined,
]

/** Makes the check of `unevaluatedItems`, which runs after everything beside it. */
export function unevaluatedItemsCheck(schema: JsonSchema, { compile }: Compiling): Check | undefined {
  if (!isSubschema(schema.unevaluatedItems)) return undefined
  const check = compile(schema.unevaluatedItems)
  return (value, run, seen) => {
    if (!Array.isArray(value) || seen === undefined) return true
    if (!seen.allItems && !spend(run, value.length)) return false
    let valid = true
    for (let at = 0; at < (seen.allItems ? 0 : value.length); at++) {
      if (seen.indexes.has(at) || descend(check, value[at], at, run)) continue
      valid = false
      if (isSettled(run)) return false
    }
    seen.allItems = true
    return valid
  }
}

function lengthCheck(schema: JsonSchema): Check | undefined {
  const least = typeof schema.minItems === "number" ? schema.minItems : 0
  const most = typeof schema.maxItems === "number" ? schema.maxItems : Number.POSITIVE_INFINITY
  if (least === 0 && most === Number.POSITIVE_INFINITY) return undefined
  const tooFew = sized("array", "at least", least)
  const tooMany = sized("array", "at most", most)
  return (value, run) => {
    if (!Array.isArray(value)) return true
    if (value.length < least) return fail(run, tooFew, value)
    return value.length <= most || fail(run, tooMany, value)
  }
}

function itemsCheck(schema: JsonSchema, { compile }: Compiling): Check | undefined {
  const first: Subschema[] = Array.isArray(schema.prefixItems) ? schema.prefixItems.filter(isSubschema) : []
  const rest = isSubschema(schema.items) ? compile(schema.items) : undefined
  if (first.length === 0 && rest === undefined) return undefined
  const checks = first.map(compile)
  return (value, run, seen) => {
    if (!Array.isArray(value)) return true
    let valid = true
    const checked = rest === undefined ? Math.min(value.length, checks.length) : value.length
    for (let at = 0; at < checked; at++) {
      if (run.fuel < 0) return false
      const check = checks[at] ?? rest
      if (rest === undefined) seen?.indexes.add(at)
      if (check === undefined || descend(check, value[at], at, run)) continue
      valid = false
      if (isSettled(run)) return false
    }
    if (rest !== undefined && seen !== undefined) seen.allItems = true
    return valid
  }
}

function containsCheck(schema: JsonSchema, { compile }: Compiling): Check | undefined {
  if (!isSubschema(schema.contains)) return undefined
  const check = compile(schema.contains)
  const least = typeof schema.minContains === "number" ? schema.minContains : 1
  const most = typeof schema.maxContains === "number" ? schema.maxContains : Number.POSITIVE_INFINITY
  const atLeast = `array with at least ${least} ${least === 1 ? "item" : "items"} that \`contains\` describes`
  const atMost = `array with at most ${most} ${most === 1 ? "item" : "items"} that \`contains\` describes`
  return (value, run, seen) => {
    if (!Array.isArray(value)) return true
    let found = 0
    for (let at = 0; at < value.length; at++) {
      if (run.fuel < 0) return false
      if (!verdict((item, inner) => descend(check, item, at, inner), value[at], run, undefined)) continue
      found++
      seen?.indexes.add(at)
    }
    if (found < least) return fail(run, atLeast, value)
    return found <= most || fail(run, atMost, value)
  }
}

const uniqueCheck: Check = (value, run) => {
  if (!Array.isArray(value)) return true
  const known = new Set<string>()
  for (const item of value) {
    if (!spend(run, typeof item === "string" ? 2 + eighth(item.length) : 2)) return false
    known.add(typeof item === "string" ? `"${item}` : canonical(item, run))
  }
  return known.size === value.length || fail(run, "array without duplicates", value)
}
