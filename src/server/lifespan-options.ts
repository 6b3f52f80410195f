import { isObject } from "../protocol/jsonrpc.ts"

/** Tells values that `lifespan()` or `provide()` makes, and lists of them, by their kind. */
export function isMade(kind: "lifespan" | "dependency"): (value: unknown) => boolean {
  return (value) => [value].flat().every((each) => isObject(each) && each.kind === kind)
}
