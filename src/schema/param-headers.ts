import { encodeHeaderValue, headerNames } from "../spec/headers.ts"
import type { HeaderParam } from "./header-params.ts"

/**
 * Writes the headers that repeat arguments of a call over HTTP.
 *
 * @param params What `headerParams()` found in the input schema of the tool.
 * @see S28/basic/transports/streamable-http#schema-extension
 */
export function paramHeaders(
  params: readonly HeaderParam[],
  args: unknown,
): readonly (readonly [name: string, value: string])[] {
  return params.flatMap(({ path, header }) => {
    const value = valueAt(args, path)
    if (value === undefined || value === null) return []
    return [[`${headerNames.paramPrefix}${header.toLowerCase()}`, encodeHeaderValue(String(value))] as const]
  })
}

function valueAt(root: unknown, path: readonly string[]): unknown {
  let value = root
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as { readonly [name: string]: unknown })[step] // own, by the line above
  }
  return value
}
