import { isObject } from "../protocol/jsonrpc.ts"

/** Tells whether a value is what `lifespan()` makes, or a list of that. */
export function isLifespans(value: unknown): boolean {
  return [value].flat().every((each) => isObject(each) && each.kind === "lifespan")
}

/** Tells whether a value is a list of what `provide()` makes. */
export function isDependencies(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => isObject(each) && each.kind === "dependency")
}
