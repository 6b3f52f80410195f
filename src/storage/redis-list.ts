import { StorageUnavailable } from "../errors/storage-backends.ts"
import type { RedisClient } from "./redis-client.ts"
import { pageSize } from "./server-storage.ts"
import type { KeyPage, ListOptions } from "./storage.ts"

/** How often Redis is asked for a page while it stays empty, since only other keys were met. */
const maxScans = 100

/** Where a page ended: at which node and its own cursor, and the keys that it gave beyond those asked for. */
type Position = readonly [node: string | null, at: string, ...surplus: string[]]

/**
 * Lists keys of a space by SCAN, on one master of a cluster after the other. What SCAN gives beyond a page travels in the cursor:
 * asked for the same once more, it might give other keys.
 *
 * @throws {StorageUnavailable} The cluster has lost the node where the page before ended.
 */
export async function listRedis(
  client: RedisClient,
  { space, prefix }: { readonly space: string; readonly prefix: string },
  { cursor, limit = pageSize }: ListOptions = {},
): Promise<KeyPage> {
  // The client adds its own prefix to keys, but not to patterns, nor does it take it off what is found.
  const hidden = (client.options?.keyPrefix ?? "") + space
  const pattern = `${escapeGlob(hidden + prefix)}*`
  const nodes = mastersOf(client)
  const names = [...nodes.keys()].sort()
  // `as`: the page before made it.
  const start: Position = cursor === undefined ? [names[0] ?? null, "0"] : (JSON.parse(cursor) as Position)
  let [node, at, ...keys] = start
  for (let scans = 0; keys.length === 0 && node !== null && scans < maxScans; scans++) {
    const master = nodes.get(node)
    if (master === undefined) throw new StorageUnavailable(`The node \`${node}\``, "it is no master any more")
    const [next, found] = await master.scan(at, "MATCH", pattern, "COUNT", limit)
    keys = found.map((key) => key.slice(hidden.length))
    at = next
    if (at === "0") node = names[names.indexOf(node) + 1] ?? null
  }
  const surplus = keys.slice(limit)
  const isLast = node === null && surplus.length === 0
  return { keys: keys.slice(0, limit), cursor: isLast ? undefined : JSON.stringify([node, at, ...surplus]) }
}

function mastersOf(client: RedisClient): ReadonlyMap<string, RedisClient> {
  if (client.nodes === undefined) return new Map([["", client]])
  return new Map(
    client.nodes("master").map((node) => [`${node.options?.host}:${node.options?.port}`, node] as const),
  )
}

/** Has a pattern mean the text itself. */
function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]]/g, "\\$&")
}
