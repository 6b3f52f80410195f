import type { ProtocolRevision } from "./revisions.ts"

/** The shape a schema or structured value may have: any JSON, an object, or not known at all. */
export type StructuredSupport = "any" | "object" | false

/** What one revision knows, and how it says it. Every difference between revisions is a row here. */
export interface Features {
  /** Requests carry their own version and capabilities; there is no handshake and no session. */
  readonly stateless: boolean
  /** How the revision uses HTTP. */
  readonly http: "sse" | "streamable" | "stateless"
  /** `MCP-Protocol-Version` on HTTP: required, sent after the handshake, or unknown. */
  readonly versionHeader: "required" | "expected" | false
  /** `Mcp-Session-Id` and the GET and DELETE methods of the endpoint. */
  readonly sessionHeader: boolean
  /** SSE event ids and `Last-Event-ID`. */
  readonly resumable: boolean
  /** A first empty SSE event and `retry`, so that the server may close the stream early. */
  readonly ssePolling: boolean
  /** A client that leaves its response stream cancels the request. */
  readonly disconnectCancels: boolean
  /** Arrays of JSON-RPC messages are accepted. */
  readonly batches: boolean
  /** An error answers without `id` when the request's could not be read. */
  readonly errorWithoutId: boolean
  /** JSON-RPC errors found before the response began decide the HTTP status. */
  readonly errorStatus: boolean
  /** How the server asks its client: requests of its own, or an input-required result. */
  readonly asks: "request" | "result"
  /** `ping` exists, both ways. */
  readonly ping: boolean
  /** The client may send `notifications/progress`. */
  readonly clientProgress: boolean
  /** The client may announce that its roots changed. */
  readonly rootsListChanged: boolean
  /** Every result carries `resultType`. */
  readonly resultType: boolean
  /** Results carry the server's identity in `_meta`. */
  readonly serverInfoMeta: boolean
  /** Lists and reads carry `ttlMs` and `cacheScope`. */
  readonly cacheHints: boolean
  /** `_meta` exists on results only, or on components, contents and parameters too. */
  readonly meta: "results" | "all"
  /** `title` on tools, resources, templates, prompts, arguments and implementations. */
  readonly title: boolean
  /** `icons`, and `description` and `websiteUrl` on implementations. */
  readonly icons: boolean
  /** `annotations` on tools. */
  readonly toolAnnotations: boolean
  /** `annotations.lastModified`. */
  readonly lastModified: boolean
  /** Which `outputSchema` a tool may have. */
  readonly outputSchema: StructuredSupport
  /** Which `structuredContent` a result may have. */
  readonly structuredContent: StructuredSupport
  /** Audio content. */
  readonly audio: boolean
  /** Resource links in content. */
  readonly resourceLink: boolean
  /** The `completions` capability; completion itself is in every revision. */
  readonly completions: boolean
  /** `context.arguments` of a completion request. */
  readonly completionContext: boolean
  /** `message` of a progress notification. */
  readonly progressMessage: boolean
  /** Elicitation modes, none before 2025-06-18. */
  readonly elicitation: readonly ("form" | "url")[]
  /** Form fields: no titled or multiple choice and no default but a boolean's, or all. */
  readonly elicitationSchema: "basic" | "full" | false
  /** URL elicitation has an id, a completion notification, and error -32042. */
  readonly elicitationId: boolean
  /** Tools and lists of content in sampling. */
  readonly samplingTools: boolean
  /** Log messages go to who asked: with each request, or once for the session. */
  readonly logging: "request" | "session"
  /** Changes are announced on a `subscriptions/listen` stream, or to the session. */
  readonly subscribe: "listen" | "session"
  /** Tasks: as an extension, in the core protocol, or unknown. */
  readonly tasks: "extension" | "core" | false
  /** The `extensions` capability. */
  readonly extensions: boolean
  /** The error code of a resource that does not exist. */
  readonly resourceNotFound: -32602 | -32002
  /** The error code of a request whose client lacks a capability. */
  readonly missingCapability: -32021 | -32602
}

const revision20241105: Features = {
  stateless: false,
  http: "sse",
  versionHeader: false,
  sessionHeader: false,
  resumable: false,
  ssePolling: false,
  disconnectCancels: false,
  batches: false,
  errorWithoutId: false,
  errorStatus: false,
  asks: "request",
  ping: true,
  clientProgress: true,
  rootsListChanged: true,
  resultType: false,
  serverInfoMeta: false,
  cacheHints: false,
  meta: "results",
  title: false,
  icons: false,
  toolAnnotations: false,
  lastModified: false,
  outputSchema: false,
  structuredContent: false,
  audio: false,
  resourceLink: false,
  completions: false,
  completionContext: false,
  progressMessage: false,
  elicitation: [],
  elicitationSchema: false,
  elicitationId: false,
  samplingTools: false,
  logging: "session",
  subscribe: "session",
  tasks: false,
  extensions: false,
  resourceNotFound: -32002,
  missingCapability: -32602,
}

const revision20250326: Features = {
  ...revision20241105,
  http: "streamable",
  sessionHeader: true,
  resumable: true,
  batches: true,
  toolAnnotations: true,
  audio: true,
  completions: true,
  progressMessage: true,
}

const revision20250618: Features = {
  ...revision20250326,
  versionHeader: "expected",
  batches: false,
  meta: "all",
  title: true,
  lastModified: true,
  outputSchema: "object",
  structuredContent: "object",
  resourceLink: true,
  completionContext: true,
  elicitation: ["form"],
  elicitationSchema: "basic",
}

const revision20251125: Features = {
  ...revision20250618,
  ssePolling: true,
  errorWithoutId: true,
  icons: true,
  elicitation: ["form", "url"],
  elicitationSchema: "full",
  elicitationId: true,
  samplingTools: true,
  tasks: "core",
  extensions: true,
}

const revision20260728: Features = {
  ...revision20251125,
  stateless: true,
  http: "stateless",
  versionHeader: "required",
  sessionHeader: false,
  resumable: false,
  ssePolling: false,
  disconnectCancels: true,
  errorStatus: true,
  asks: "result",
  ping: false,
  clientProgress: false,
  rootsListChanged: false,
  resultType: true,
  serverInfoMeta: true,
  cacheHints: true,
  outputSchema: "any",
  structuredContent: "any",
  elicitationId: false,
  logging: "request",
  subscribe: "listen",
  tasks: "extension",
  resourceNotFound: -32602,
  missingCapability: -32021,
}

/**
 * The feature table: what each revision knows.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/changelog
 */
export const features: Readonly<Record<ProtocolRevision, Features>> = {
  "2024-11-05": revision20241105,
  "2025-03-26": revision20250326,
  "2025-06-18": revision20250618,
  "2025-11-25": revision20251125,
  "2026-07-28": revision20260728,
}
