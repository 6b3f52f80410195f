import type { Json } from "../client/rpc.ts"
import type { Era } from "../protocol/era.ts"
import { isObject, type Params } from "../protocol/jsonrpc.ts"
import type { LoggingLevel } from "../spec/index.ts"
import { metaKeys } from "../spec/meta.ts"

/** What each connection says for itself. */
const owned: ReadonlySet<string> = new Set([
  metaKeys.protocolVersion,
  metaKeys.clientCapabilities,
  metaKeys.clientInfo,
  metaKeys.serverInfo,
  metaKeys.logLevel,
  metaKeys.subscriptionId,
  metaKeys.relatedTask,
])

/** What of the `_meta` of a call goes on to the upstream: all but what belongs to the connection it came over. */
export function toldMeta(
  meta: Params | undefined,
  { era, logLevel }: { readonly era: Era; readonly logLevel: LoggingLevel | undefined },
): { readonly _meta?: Json } {
  const kept = Object.entries(meta ?? {}).filter(([key]) => !owned.has(key))
  // Without sessions each request says which logs it wants.
  if (era === "stateless" && logLevel !== undefined) kept.push([metaKeys.logLevel, logLevel])
  return kept.length === 0 ? {} : { _meta: Object.fromEntries(kept) }
}

/**
 * What the upstream is told that the client can do: what it said itself, but for tasks, whose methods do not go on, and
 * notices of changed roots, which sessions would have to be sent.
 */
export function toldCapabilities(capabilities: object, era: Era): Json {
  const { tasks: _tasks, extensions, roots, ...rest } = capabilities as Json
  const kept = isObject(extensions)
    ? Object.fromEntries(Object.entries(extensions).filter(([id]) => id !== "io.modelcontextprotocol/tasks"))
    : {}
  return {
    ...rest,
    ...(roots === undefined ? undefined : { roots: era === "session" ? {} : roots }),
    ...(Object.keys(kept).length === 0 ? undefined : { extensions: kept }),
  }
}
