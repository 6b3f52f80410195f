/**
 * The keys of `_meta` that the protocol defines.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic#meta
 */
export const metaKeys = {
  /** The protocol revision of a request. */
  protocolVersion: "io.modelcontextprotocol/protocolVersion",
  /** What the client can do, on every request. */
  clientCapabilities: "io.modelcontextprotocol/clientCapabilities",
  /** The client's name and version. */
  clientInfo: "io.modelcontextprotocol/clientInfo",
  /** The server's name and version, on every result. */
  serverInfo: "io.modelcontextprotocol/serverInfo",
  /** The lowest level of the log messages a request wants. */
  logLevel: "io.modelcontextprotocol/logLevel",
  /** The `subscriptions/listen` request a message belongs to. */
  subscriptionId: "io.modelcontextprotocol/subscriptionId",
  /** The task a message belongs to; 2025-11-25 only. */
  relatedTask: "io.modelcontextprotocol/related-task",
  /** Asks for progress notifications. */
  progressToken: "progressToken",
  /** The W3C trace context, which has no prefix by exception. */
  traceparent: "traceparent",
  tracestate: "tracestate",
  baggage: "baggage",
} as const

const label = /^[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/
const name = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)?$/
const bareKeys: readonly string[] = [
  metaKeys.progressToken,
  metaKeys.traceparent,
  metaKeys.tracestate,
  metaKeys.baggage,
]

/**
 * Tells whether a string has the form of a `_meta` key: an optional prefix of dotted labels and a slash, then a name.
 * The empty string is refused: it says nothing.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic#meta
 */
export function isValidMetaKey(key: string): boolean {
  const slash = key.indexOf("/")
  if (slash < 0) return key !== "" && name.test(key)
  return isValidMetaPrefix(key.slice(0, slash)) && name.test(key.slice(slash + 1))
}

/**
 * Tells whether a string has the form of an extension identifier: a `_meta` key with both a prefix and a name.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/versioning#extension-negotiation
 */
export function isValidExtensionId(id: string): boolean {
  return isValidMetaKey(id) && id.includes("/") && !id.endsWith("/")
}

/**
 * Tells whether a `_meta` key belongs to the protocol, by the rule of any revision, so that user code must not write
 * it: the second label of its prefix is `modelcontextprotocol` or `mcp` (from 2025-11-25), or any label but the last
 * is (2025-06-18), or it is one of the keys without prefix that the protocol defines.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic#meta
 */
export function isReservedMetaKey(key: string): boolean {
  const slash = key.indexOf("/")
  if (slash < 0) return bareKeys.includes(key)
  const labels = key.slice(0, slash).toLowerCase().split(".")
  return labels.some(
    (word, index) =>
      (word === "modelcontextprotocol" || word === "mcp") && (index === 1 || index < labels.length - 1),
  )
}

function isValidMetaPrefix(prefix: string): boolean {
  return prefix.split(".").every((word) => label.test(word))
}
