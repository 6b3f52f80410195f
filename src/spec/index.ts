// Neutral names of the wire types: what 2026-07-28 says, plus what only older revisions have, with everything
// optional that some revision lacks. Only `protocol/` renders these for one revision.
import type * as session from "./2025-11-25.ts"
import type * as latest from "./2026-07-28.ts"

// JSON-RPC
export type {
  Cursor,
  ErrorObject,
  JSONObject,
  JSONRPCErrorResponse,
  JSONRPCNotification,
  JSONRPCRequest,
  JSONValue,
  MetaObject,
  NotificationMetaObject,
  ProgressToken,
  RequestId,
  ResultMetaObject,
} from "./2026-07-28.ts"

/** Describes the successful answer to a request. */
export interface JSONRPCResultResponse extends Omit<latest.JSONRPCResultResponse, "result"> {
  readonly result: Result
}

/** Describes the answer to a request: a result or an error. */
export type JSONRPCResponse = JSONRPCResultResponse | latest.JSONRPCErrorResponse

/** Describes any single JSON-RPC message. */
export type JSONRPCMessage = latest.JSONRPCRequest | latest.JSONRPCNotification | JSONRPCResponse

/** Describes `_meta` of a request; the revision decides which keys are required. */
export interface RequestMetaObject extends Partial<latest.RequestMetaObject> {
  /** The task the request belongs to; 2025-11-25 only. */
  readonly "io.modelcontextprotocol/related-task"?: session.RelatedTaskMetadata | undefined
}

/** Describes what the parameters of every request may carry. */
export interface RequestParams {
  readonly _meta?: RequestMetaObject | undefined
}

/** Describes the answers to earlier input requests, which a retried request carries; from 2026-07-28. */
export interface InputResponseRequestParams extends RequestParams {
  readonly inputResponses?: latest.InputResponses | undefined
  readonly requestState?: string | undefined
}

/** Describes what every result may carry; results are open objects. */
export interface Result {
  readonly _meta?: latest.ResultMetaObject | undefined
  /** `complete`, `input_required`, or the name an extension gave; from 2026-07-28. */
  readonly resultType?: string | undefined
  readonly [key: string]: unknown
}

/** Describes how long and for whom a result may be cached; from 2026-07-28. */
export interface CacheHints {
  readonly cacheScope?: "private" | "public" | undefined
  /** Milliseconds. */
  readonly ttlMs?: number | undefined
}

/** Describes one page of a list. */
export interface PaginatedResult extends Result, CacheHints {
  readonly nextCursor?: latest.Cursor | undefined
}

export interface PaginatedRequestParams extends RequestParams {
  readonly cursor?: latest.Cursor | undefined
}

// Identity and capabilities
export type { Icon, Implementation } from "./2026-07-28.ts"

/** Describes the settings of a capability; most are empty. */
interface Settings {
  readonly [key: string]: unknown
}

/** Describes what a client can do, in any revision. */
export interface ClientCapabilities {
  readonly elicitation?:
    | { readonly form?: Settings | undefined; readonly url?: Settings | undefined }
    | undefined
  readonly experimental?: { readonly [name: string]: Settings } | undefined
  readonly extensions?: { readonly [id: string]: Settings } | undefined
  readonly roots?: { readonly listChanged?: boolean | undefined } | undefined
  readonly sampling?:
    | { readonly context?: Settings | undefined; readonly tools?: Settings | undefined }
    | undefined
  /** Core tasks; 2025-11-25 only. */
  readonly tasks?: session.ClientCapabilities["tasks"]
}

/** Describes what a server can do, in any revision. */
export interface ServerCapabilities {
  readonly completions?: Settings | undefined
  readonly experimental?: { readonly [name: string]: Settings } | undefined
  readonly extensions?: { readonly [id: string]: Settings } | undefined
  readonly logging?: Settings | undefined
  readonly prompts?: { readonly listChanged?: boolean | undefined } | undefined
  readonly resources?:
    | { readonly listChanged?: boolean | undefined; readonly subscribe?: boolean | undefined }
    | undefined
  /** Core tasks; 2025-11-25 only. */
  readonly tasks?: session.ServerCapabilities["tasks"]
  readonly tools?: { readonly listChanged?: boolean | undefined } | undefined
}

/** Describes the opening request of a session; until 2025-11-25. */
export interface InitializeRequestParams extends RequestParams {
  readonly capabilities: ClientCapabilities
  readonly clientInfo: latest.Implementation
  readonly protocolVersion: string
}

/** Describes the server to a session client; until 2025-11-25. */
export interface InitializeResult extends Result {
  readonly capabilities: ServerCapabilities
  readonly instructions?: string | undefined
  readonly protocolVersion: string
  readonly serverInfo: latest.Implementation
}

/** Describes the server to a stateless client; from 2026-07-28. */
export interface DiscoverResult extends Result, CacheHints {
  readonly capabilities: ServerCapabilities
  readonly instructions?: string | undefined
  readonly supportedVersions: readonly string[]
}

// Content
// Tools
export type {
  Annotations,
  AudioContent,
  BlobResourceContents,
  ContentBlock,
  EmbeddedResource,
  ImageContent,
  ResourceLink,
  Role,
  TextContent,
  TextResourceContents,
  ToolAnnotations,
} from "./2026-07-28.ts"

/** Describes a tool as `tools/list` shows it. */
export interface Tool extends latest.Tool {
  /** Whether calls may or must be tasks; 2025-11-25 only. */
  readonly execution?: session.ToolExecution | undefined
}

export interface ListToolsResult extends PaginatedResult {
  readonly tools: readonly Tool[]
}

export interface CallToolRequestParams extends InputResponseRequestParams {
  readonly arguments?: { readonly [key: string]: unknown } | undefined
  readonly name: string
  /** Asks for a task; 2025-11-25 only. */
  readonly task?: session.TaskMetadata | undefined
}

export interface CallToolResult extends Result {
  readonly content: readonly latest.ContentBlock[]
  readonly isError?: boolean | undefined
  /** Any JSON value; before 2026-07-28 an object. */
  readonly structuredContent?: unknown
}

// Resources
export type { Resource, ResourceTemplate } from "./2026-07-28.ts"

export interface ListResourcesResult extends PaginatedResult {
  readonly resources: readonly latest.Resource[]
}

export interface ListResourceTemplatesResult extends PaginatedResult {
  readonly resourceTemplates: readonly latest.ResourceTemplate[]
}

export interface ReadResourceRequestParams extends InputResponseRequestParams {
  readonly uri: string
}

export interface ReadResourceResult extends Result, CacheHints {
  readonly contents: readonly (latest.TextResourceContents | latest.BlobResourceContents)[]
}

/** Describes `resources/subscribe` and `resources/unsubscribe`; until 2025-11-25. */
export interface SubscribeRequestParams extends RequestParams {
  readonly uri: string
}

// Prompts and completion
export type {
  Prompt,
  PromptArgument,
  PromptMessage,
  PromptReference,
  ResourceTemplateReference,
} from "./2026-07-28.ts"

export interface ListPromptsResult extends PaginatedResult {
  readonly prompts: readonly latest.Prompt[]
}

export interface GetPromptRequestParams extends InputResponseRequestParams {
  readonly arguments?: { readonly [key: string]: string } | undefined
  readonly name: string
}

export interface GetPromptResult extends Result {
  readonly description?: string | undefined
  readonly messages: readonly latest.PromptMessage[]
}

export interface CompleteRequestParams
  extends RequestParams,
    Omit<latest.CompleteRequestParams, keyof RequestParams> {}

export interface CompleteResult extends Result, Pick<latest.CompleteResult, "completion"> {}

// Asking the client
export type {
  CreateMessageResult,
  ElicitRequestFormParams,
  ElicitResult,
  InputResponse,
  InputResponses,
  ListRootsResult,
  ModelPreferences,
  PrimitiveSchemaDefinition,
  Root,
  SamplingMessage,
  SamplingMessageContentBlock,
  ToolChoice,
  ToolResultContent,
  ToolUseContent,
} from "./2026-07-28.ts"

/** Describes a question answered by opening a URL. */
export interface ElicitRequestURLParams extends latest.ElicitRequestURLParams {
  /** Required in 2025-11-25, unknown to all others. */
  readonly elicitationId?: string | undefined
}

/** Describes a question to the user. */
export type ElicitRequestParams = latest.ElicitRequestFormParams | ElicitRequestURLParams

export interface ElicitRequest {
  readonly method: "elicitation/create"
  readonly params: ElicitRequestParams
}

export interface CreateMessageRequestParams
  extends RequestParams,
    Omit<latest.CreateMessageRequestParams, "metadata" | "tools"> {
  readonly metadata?: { readonly [key: string]: unknown } | undefined
  readonly tools?: readonly Tool[] | undefined
}

export interface CreateMessageRequest {
  readonly method: "sampling/createMessage"
  readonly params: CreateMessageRequestParams
}

export type { ListRootsRequest } from "./2026-07-28.ts"

/** Describes one thing a server asks its client for. */
export type InputRequest = ElicitRequest | CreateMessageRequest | latest.ListRootsRequest

export interface InputRequests {
  readonly [key: string]: InputRequest
}

/** Describes a result that needs answers before it can be complete; from 2026-07-28. */
export interface InputRequiredResult extends Result {
  readonly inputRequests?: InputRequests | undefined
  readonly requestState?: string | undefined
}

// Notifications
export type {
  CancelledNotificationParams,
  LoggingLevel,
  LoggingMessageNotificationParams,
  ProgressNotificationParams,
  ResourceUpdatedNotificationParams,
} from "./2026-07-28.ts"

/** Describes which changes a listen stream carries; extensions add fields. */
export interface SubscriptionFilter extends latest.SubscriptionFilter {
  readonly [field: string]: unknown
}

/** Describes `subscriptions/listen`; from 2026-07-28. */
export interface SubscriptionsListenRequestParams extends RequestParams {
  readonly notifications: SubscriptionFilter
}

/** Describes what a listen stream will carry of what was asked for; from 2026-07-28. */
export interface SubscriptionsAcknowledgedNotificationParams
  extends Omit<latest.SubscriptionsAcknowledgedNotificationParams, "notifications"> {
  readonly notifications: SubscriptionFilter
}

/** Describes the end of a `subscriptions/listen` stream; from 2026-07-28. */
export interface SubscriptionsListenResult extends Result {
  readonly _meta: latest.SubscriptionsListenResultMeta
}

/** Describes `logging/setLevel`; until 2025-11-25. */
export interface SetLevelRequestParams extends RequestParams {
  readonly level: latest.LoggingLevel
}
