import { isObject } from "../protocol/jsonrpc.ts"
import type { MaybePromise } from "../shared/maybe-promise.ts"

/** Says what a URI is called elsewhere; nothing where it is called the same there. */
export type RenameUri = (uri: string) => Promise<string | undefined>

/**
 * Writes the URIs of linked, embedded and read resources anew in a result of any method. A result without any is given
 * back as it is, at once.
 */
export function rewriteLinks(result: object, rename: RenameUri): MaybePromise<object> {
  const { content, contents, messages } = result as { readonly [field: string]: unknown }
  return hasUri(content) || hasUri(contents) || hasUri(messages) ? rewritten(result, rename) : result
}

async function rewritten(result: object, rename: RenameUri): Promise<object> {
  // One question for each URI, however often it occurs.
  const asked = new Map<string, Promise<string | undefined>>()
  const ask = (uri: string) => {
    const known = asked.get(uri) ?? rename(uri)
    asked.set(uri, known)
    return known
  }
  const changed: { [field: string]: unknown } = { ...result }
  for (const field of ["content", "contents", "messages"]) {
    if (changed[field] !== undefined) changed[field] = await renamed(changed[field], ask)
  }
  return changed
}

/** Lists of blocks, of contents, and of messages that hold a block. */
function hasUri(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasUri)
  if (!isObject(value)) return false
  return typeof value.uri === "string" || hasUri(value.resource) || hasUri(value.content)
}

async function renamed(value: unknown, rename: RenameUri): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((each) => renamed(each, rename)))
  if (!isObject(value) || !hasUri(value)) return value
  const changed: { [field: string]: unknown } = { ...value }
  if (typeof value.uri === "string") changed.uri = (await rename(value.uri)) ?? value.uri
  for (const field of ["resource", "content"]) {
    if (value[field] !== undefined) changed[field] = await renamed(value[field], rename)
  }
  return changed
}
