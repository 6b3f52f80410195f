import type { KeyPage, ListOptions } from "./storage.ts"

/** How many parts the keys of a storage are spread over. What is stored is found by it, so that it never changes. */
const shards = 16

/** Says in which part a key lies, 0 to 15; in every version the same. */
export function shardOf(key: string): number {
  // FNV-1a, folded: what differs in one place only shall lie apart too.
  let hash = 0x811c9dc5
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193)
  return (hash ^ (hash >>> 16)) & (shards - 1)
}

/** Some of the keys of one part; `last` is where its next page starts, if there is one. */
export interface ShardPage {
  readonly keys: readonly string[]
  readonly last: string | undefined
}

/** How often parts are asked for one page, since what they read may all have expired: each of them once, and more. */
const mostAsked = 64

/** Lists the parts one after the other. A cursor is the part, and where in it the page before ended. */
export async function listShards(
  list: (shard: number, after: string | undefined, limit: number) => Promise<ShardPage>,
  { cursor, limit = 1000 }: ListOptions = {},
): Promise<KeyPage> {
  const keys: string[] = []
  let [shard, after] = cursor === undefined ? [0, undefined] : readCursor(cursor)
  for (let asked = 0; shard < shards && keys.length < limit && asked < mostAsked; asked++) {
    const page = await list(shard, after, limit - keys.length)
    keys.push(...page.keys)
    after = page.last
    if (after === undefined) shard++
  }
  return { keys, cursor: shard < shards ? `${shard}:${after ?? ""}` : undefined }
}

function readCursor(cursor: string): [shard: number, after: string | undefined] {
  const colon = cursor.indexOf(":")
  // No key is empty.
  return [Number(cursor.slice(0, colon)), cursor.slice(colon + 1) || undefined]
}
