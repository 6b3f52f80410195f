import { isObject } from "../protocol/jsonrpc.ts"
import type { JsonSchema } from "../schema/schema.ts"

const folders: readonly string[] = ["$defs", "definitions"]

/** Leaves out definitions that nothing points to any more. */
export function prunedDefinitions(schema: JsonSchema): JsonSchema {
  const outside = Object.fromEntries(Object.entries(schema).filter(([word]) => !folders.includes(word)))
  const reached = new Set<string>()
  const waiting = refsOf(outside)
  for (let ref = waiting.pop(); ref !== undefined; ref = waiting.pop()) {
    const [folder, name] = placeOf(ref)
    const definitions = folder === undefined ? undefined : schema[folder]
    if (name === undefined || reached.has(ref) || !isObject(definitions)) continue
    reached.add(ref)
    if (Object.hasOwn(definitions, name)) waiting.push(...refsOf(definitions[name]))
  }
  const names = [...reached].map(placeOf)
  const kept = folders.flatMap((folder) => {
    const definitions = schema[folder]
    if (!isObject(definitions)) return []
    const left = Object.entries(definitions).filter(([name]) =>
      names.some(([ofFolder, ofName]) => ofFolder === folder && ofName === name),
    )
    return left.length === 0 ? [] : [[folder, Object.fromEntries(left)] as const]
  })
  return { ...outside, ...Object.fromEntries(kept) }
}

/** A reference to anything but a definition: it may point to what is called otherwise now. */
export function strayRef(schema: JsonSchema): string | undefined {
  return refsOf(schema).find((ref) => placeOf(ref)[1] === undefined)
}

/** The folder and the name that a reference points to. */
function placeOf(ref: string): readonly [folder?: string, name?: string] {
  const [root, folder, name] = ref.split("/")
  if (root !== "#" || folder === undefined || name === undefined || !folders.includes(folder)) return []
  return [folder, decoded(name)]
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name).replaceAll("~1", "/").replaceAll("~0", "~")
  } catch {
    // Not encoded: as it stands.
    return name
  }
}

/** Every reference in a schema, without recursion: others wrote it. */
function refsOf(schema: unknown): string[] {
  const refs: string[] = []
  const waiting: unknown[] = [schema]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (Array.isArray(value)) waiting.push(...value)
    else if (isObject(value)) {
      if (typeof value.$ref === "string") refs.push(value.$ref)
      waiting.push(...Object.values(value))
    }
  }
  return refs
}
