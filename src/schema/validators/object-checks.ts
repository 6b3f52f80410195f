import { saidIssue } from "../issue.ts"
import { unexpectedIssue } from "../issues.ts"
import { isObject, isSubschema, type Subschema } from "../keywords.ts"
import { guardedPattern } from "../own-pattern.ts"
import type { TestPattern } from "../pattern.ts"
import { sized } from "../phrases.ts"
import type { JsonSchema } from "../schema.ts"
import { wordsOf } from "../words.ts"
import {
  type Check,
  type CheckMaker,
  type Compiling,
  descend,
  eighth,
  fail,
  failWith,
  isRecord,
  isSettled,
  type Run,
  spend,
  verdict,
} from "./check.ts"

/** Makes the checks that apply to objects only, but for `unevaluatedProperties`. */
export const objectChecks: CheckMaker = (schema, compiling) => [
  requiredCheck(schema, compiling),
  propertiesCheck(schema, compiling),
  otherPropertiesCheck(schema, compiling),
  sizeCheck(schema),
  namesCheck(schema, compiling),
  ...dependentChecks(schema, compiling),
]

/** Makes the check of `unevaluatedProperties`, which runs after everything beside it. */
export function unevaluatedPropertiesCheck(schema: JsonSchema, compiling: Compiling): Check | undefined {
  const rest = schema.unevaluatedProperties
  if (!isSubschema(rest)) return undefined
  const check = compiling.compile(rest)
  return (value, run, seen) => {
    if (!isRecord(value) || seen === undefined) return true
    let valid = true
    for (const name of seen.allNames ? [] : namesOf(value, run)) {
      if (seen.names.has(name) || checkNamed(rest === false, check, { value, name, run })) continue
      valid = false
      if (isSettled(run)) return false
    }
    seen.allNames = true
    return valid
  }
}

function requiredCheck(schema: JsonSchema, { document }: Compiling): Check | undefined {
  if (!Array.isArray(schema.required) || schema.required.length === 0) return undefined
  const names = schema.required.map(String)
  const properties = isObject(schema.properties) ? schema.properties : {}
  const steps = names.length >> 1
  return (value, run) => {
    if (!isRecord(value)) return true
    if (!spend(run, steps)) return false
    let valid = true
    for (const name of names) {
      if (has(value, name)) continue
      valid = false
      if (isSettled(run)) return false
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined
      missing(run, name, isSubschema(property) ? wordsOf(property, document.refs) : "a value")
    }
    return valid
  }
}

function propertiesCheck(schema: JsonSchema, { compile }: Compiling): Check | undefined {
  if (!isObject(schema.properties)) return undefined
  const entries = Object.entries(schema.properties).filter((entry): entry is [string, Subschema] =>
    isSubschema(entry[1]),
  )
  const rows = entries.map(([name, property]) => ({
    name,
    check: compile(property),
    forbidden: property === false,
    inherited: name in Object.prototype,
  }))
  const steps = rows.length >> 2
  return (value, run, seen) => {
    if (!isRecord(value)) return true
    if (!spend(run, steps)) return false
    let valid = true
    for (const { name, check, forbidden, inherited } of rows) {
      if (value[name] === undefined || (inherited && !Object.hasOwn(value, name))) continue
      seen?.names.add(name)
      if (checkNamed(forbidden, check, { value, name, run })) continue
      valid = false
      if (isSettled(run)) return false
    }
    return valid
  }
}

/** `patternProperties` and `additionalProperties` go over the same names, so they are one check. */
function otherPropertiesCheck(schema: JsonSchema, { compile, document }: Compiling): Check | undefined {
  const rest = schema.additionalProperties
  const byPattern = isObject(schema.patternProperties) ? Object.entries(schema.patternProperties) : []
  const patterns: { readonly test: TestPattern; readonly check: Check; readonly forbidden: boolean }[] = []
  for (const [pattern, property] of byPattern) {
    const compiled = guardedPattern(pattern, document.origin)
    if ("problem" in compiled || !isSubschema(property)) continue
    patterns.push({ test: compiled.test, check: compile(property), forbidden: property === false })
  }
  if (!isSubschema(rest) && patterns.length === 0) return undefined
  const declared = new Set(isObject(schema.properties) ? Object.keys(schema.properties) : [])
  const restCheck = isSubschema(rest) ? compile(rest) : undefined
  return (value, run, seen) => {
    if (!isRecord(value)) return true
    if (rest === true && patterns.length === 0) {
      if (seen !== undefined) seen.allNames = true
      return true
    }
    let valid = true
    for (const name of namesOf(value, run)) {
      if (run.fuel < 0) return false
      let known = declared.has(name)
      for (const { test, check, forbidden } of patterns) {
        if (!test(name, run)) continue
        known = true
        seen?.names.add(name)
        valid = checkNamed(forbidden, check, { value, name, run }) && valid
      }
      if (!known && restCheck !== undefined) {
        seen?.names.add(name)
        valid = checkNamed(rest === false, restCheck, { value, name, run }) && valid
      }
      if (!valid && isSettled(run)) return false
    }
    return valid
  }
}

function sizeCheck(schema: JsonSchema): Check | undefined {
  const least = typeof schema.minProperties === "number" ? schema.minProperties : 0
  const most = typeof schema.maxProperties === "number" ? schema.maxProperties : Number.POSITIVE_INFINITY
  if (least === 0 && most === Number.POSITIVE_INFINITY) return undefined
  const tooFew = sized("object", "at least", least)
  const tooMany = sized("object", "at most", most)
  return (value, run) => {
    if (!isRecord(value)) return true
    const size = namesOf(value, run).length
    if (size < least) return fail(run, tooFew, value)
    return size <= most || fail(run, tooMany, value)
  }
}

function namesCheck(schema: JsonSchema, { compile }: Compiling): Check | undefined {
  if (!isSubschema(schema.propertyNames)) return undefined
  const check = compile(schema.propertyNames)
  return (value, run) => {
    if (!isRecord(value)) return true
    let valid = true
    for (const name of namesOf(value, run)) {
      if (verdict(check, name, run, undefined)) continue
      valid = false
      if (isSettled(run)) return false
      run.issues?.push(saidIssue([...run.path, name], "the property has a name that is not allowed", name))
    }
    return valid
  }
}

function dependentChecks(schema: JsonSchema, { compile }: Compiling): Check[] {
  const lists = isObject(schema.dependentRequired) ? Object.entries(schema.dependentRequired) : []
  const required = lists.map(([trigger, names]): Check => {
    const all = Array.isArray(names) ? names.map(String) : []
    return (value, run) => {
      if (!isRecord(value) || !has(value, trigger)) return true
      if (!spend(run, eighth(all.length))) return false
      const absent = all.filter((name) => !has(value, name))
      for (const name of absent) missing(run, name, `a value, since \`${trigger}\` is given`)
      return absent.length === 0
    }
  })
  const schemas = isObject(schema.dependentSchemas) ? Object.entries(schema.dependentSchemas) : []
  const applied = schemas.flatMap(([trigger, dependent]): Check[] => {
    if (!isSubschema(dependent)) return []
    const check = compile(dependent)
    return [(value, run, seen) => !isRecord(value) || !has(value, trigger) || check(value, run, seen)]
  })
  return [...required, ...applied]
}

interface Named {
  readonly value: { readonly [name: string]: unknown }
  readonly name: string
  readonly run: Run
}

/** Checks one property; one that may not be there at all is told so by name. */
function checkNamed(forbidden: boolean, check: Check, { value, name, run }: Named): boolean {
  if (forbidden) return failWith(run, () => unexpectedIssue([...run.path, name]))
  return descend(check, value[name], name, run)
}

function namesOf(value: object, run: Run): readonly string[] {
  const names = Object.keys(value)
  return spend(run, names.length) ? names : []
}

function missing(run: Run, name: string, expected: string): void {
  if (run.issues === undefined) return
  run.path.push(name)
  fail(run, expected, undefined)
  run.path.pop()
}

function has(value: { readonly [name: string]: unknown }, name: string): boolean {
  return value[name] !== undefined && Object.hasOwn(value, name)
}
