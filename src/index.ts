// Server

export { FleetMCP } from "./fleet-mcp.ts"
export type {
  CallOptions,
  CloseOptions,
  FleetMCPOptions,
  HttpRunOptions,
  RunOptions,
  StdioRunOptions,
} from "./fleet-mcp-options.ts"
export type { AnyComponent, DuplicatePolicy } from "./providers/local.ts"
export type { CacheableMethod } from "./server/core.ts"
export type { Setting, SettingSource } from "./settings/settings.ts"

// Components

export type { Completer, Completers, CompletionContext, Suggestions } from "./components/completion.ts"
export type { CacheHints, Component, ComponentKind, ComponentOptions } from "./components/component.ts"
export { fingerprint } from "./components/fingerprint.ts"
export {
  type Prompt,
  type PromptArguments,
  type PromptConfig,
  type PromptInvoke,
  prompt,
} from "./components/prompt.ts"
export { type Resource, type ResourceConfig, type ResourceInvoke, resource } from "./components/resource.ts"
export { binaryResource, jsonResource, textResource } from "./components/static-resources.ts"
export { type HttpResourceOptions, httpResource } from "./components/static-resources-http.ts"
export type {
  Template,
  TemplateArguments,
  TemplateConfig,
  TemplateInvoke,
  TemplateSecurity,
} from "./components/template.ts"
export { type Tool, type ToolConfig, type ToolDefaults, type ToolTypes, tool } from "./components/tool.ts"
export type { ToolArguments, ToolHandler, ToolInput, ToolOutput } from "./components/tool-handler.ts"
export type { ToolInvoke } from "./components/tool-invoke.ts"
export { type MethodConfig, type MethodsOf, toolsOf } from "./components/tools-of.ts"
export type { HeaderParam } from "./schema/header-params.ts"
export type { TemplateVariables } from "./shared/uri-template/variables.ts"
export type { TemplateVariable, UriTemplate } from "./shared/uri-template.ts"

// Results

export {
  audio,
  type ContentOptions,
  type FileOptions,
  file,
  image,
  type LinkOptions,
  link,
  type MediaOptions,
  text,
} from "./components/content.ts"
export type { BinaryData } from "./components/content-data.ts"
export { type InputRequired, type InputRequiredInit, inputRequired } from "./components/input-required.ts"
export {
  message,
  type PromptMessageInput,
  PromptResult,
  type PromptResultInit,
  type PromptReturn,
} from "./components/prompt-result.ts"
export {
  type ResourceContents,
  type ResourceContentsOptions,
  resourceContents,
} from "./components/resource-contents.ts"
export { type ContentInput, ToolResult, type ToolResultInit } from "./components/result.ts"

// Context

export {
  type AskOptions,
  type ClientInfo,
  type Context,
  type ContextKey,
  type ContextLog,
  contextKey,
  type Elicited,
  type ElicitedUrl,
  type ElicitUrlOptions,
  type LogFunction,
  type RequestInfo,
} from "./components/context.ts"
export type { Choices, Filled, Form, TitledChoices } from "./components/form.ts"
export type {
  Sampled,
  SampledData,
  SampleRequest,
  Sampler,
  SamplerOptions,
  SamplingOptions,
  SamplingTool,
} from "./components/sampling.ts"
export {
  type CreatedSession,
  type Describable,
  type SessionIdSchema,
  type SessionTools,
  sessionId,
  sessionTools,
} from "./components/session-tools.ts"
export {
  type Kept,
  type Memorable,
  type Remembered,
  type State,
  type StateKey,
  type StateOptions,
  type StateSession,
  type StateSessionOptions,
  type StateSessions,
  stateKey,
} from "./components/state.ts"
export type { ComponentFilter, SessionVisibility } from "./components/visibility.ts"
export { UrlElicitationRequired, type UrlToVisit } from "./errors/url-elicitation.ts"
export type { StepInfo } from "./protocol/step.ts"
export type { Audience, AudienceOptions } from "./server/audience.ts"
export { getContext } from "./server/run-handler.ts"

// Lifespans and dependencies

export {
  type Dependency,
  type DependencyOptions,
  type DependencyScope,
  provide,
  type ScopeContext,
  type ServerScope,
  type SessionScope,
} from "./components/dependency.ts"
export { type Lifespan, type LifespanOptions, type LifespanServer, lifespan } from "./components/lifespan.ts"
export type { Opener } from "./components/opener.ts"

// Icons

export { type IconOptions, icon } from "./components/icon.ts"

// Schemas

export type { InferInput, InferOutput, JsonSchema, Schema } from "./schema/schema.ts"

// Errors

export { type AnyFleetError, isFleetError } from "./errors/any-fleet-error.ts"
export { FleetError, type FleetErrorOptions, type HttpAnswer } from "./errors/fleet-error.ts"
export { InvalidParams, isSuspended } from "./errors/protocol.ts"
export { ResourceNotFound } from "./errors/resource-not-found.ts"
export { ToolError } from "./errors/tool.ts"

// Authorization

// HTTP
export type { NodeListener } from "#node"
export type { RunningStdio } from "#stdio"
export type { AuthCheck, AuthPredicate, AuthRule, AuthSubject, AuthTarget } from "./components/auth-check.ts"
export { challengeScopes, requireScopes } from "./components/require-scopes.ts"
export type { CorsOptions } from "./http/cors.ts"
export type { GuardOptions } from "./http/guard.ts"
export type { FetchHandler } from "./http/handler.ts"
export type { HttpOptions, HttpTimeouts, LegacySseOptions } from "./http/http-options.ts"
export type { RouteHandler, Routes } from "./http/router.ts"
export type { RunningServer } from "./http/running-server.ts"
export { createPrincipal, type Principal, type PrincipalFields } from "./protocol/principal.ts"
export type { Authenticator, AuthRequest, Refusal } from "./server/authenticator.ts"

// Calls

export {
  type AbortReason,
  type Answer,
  type Call,
  type Complete,
  type Continuation,
  complete,
  type Exchange,
  type ExchangeSession,
  type Extended,
  type Failure,
  type InputRequired as InputRequiredOutcome,
  type Outcome,
  type Peer,
  type Question,
  type Serialized,
} from "./protocol/call.ts"
export type { Params, RequestId, RpcError } from "./protocol/jsonrpc.ts"
export type { Sessions } from "./protocol/session/session.ts"
export type {
  Abortable,
  Channel,
  Connection,
  HeaderBag,
  MessageHandler,
  Reply,
} from "./protocol/transport.ts"
export type { ProtocolRevision } from "./spec/revisions.ts"

// Extension

export type { Method } from "./protocol/method.ts"
export { defineMiddleware } from "./server/define-middleware.ts"
export { type ChangeEvent, type EventBus, memoryEventBus } from "./server/events.ts"
export type { CallHooks, Hooks } from "./server/hooks.ts"
export type { LifespanFunction } from "./server/lifespan-host.ts"
export type {
  Hook,
  MethodHook,
  MethodHooks,
  Middleware,
  MiddlewareHooks,
  Next,
  Notice,
} from "./server/middleware.ts"
export type { MiddlewarePlace } from "./server/middleware-order.ts"
export type { MiddlewareServer } from "./server/middleware-view.ts"
export { definePlugin } from "./server/plugin.ts"
export type { ListenFilter, Plugin } from "./server/plugin-contract.ts"
export {
  type ChangeListener,
  defineProvider,
  type Kinds,
  type Provider,
  type ProviderInit,
  type Resolved,
  type Scope,
} from "./server/provider.ts"
export { defineTransform, type FindNext, type Transform } from "./server/transform.ts"

// Logging

export type { LogRecord, ServerLog } from "./server/server-log.ts"
export type { ServerStats } from "./server/stats.ts"

// Protocol

export type {
  Annotations,
  AudioContent,
  BlobResourceContents,
  CallToolResult,
  ClientCapabilities,
  CompleteResult,
  ContentBlock,
  CreateMessageRequestParams,
  CreateMessageResult,
  DiscoverResult,
  ElicitRequestFormParams,
  ElicitRequestParams,
  ElicitRequestURLParams,
  ElicitResult,
  EmbeddedResource,
  GetPromptResult,
  Icon,
  ImageContent,
  Implementation,
  InputRequest,
  InputRequests,
  LoggingLevel,
  LoggingMessageNotificationParams,
  MetaObject,
  ProgressNotificationParams,
  Prompt as WirePrompt,
  PromptArgument,
  PromptMessage,
  PromptReference,
  ReadResourceResult,
  Resource as WireResource,
  ResourceLink,
  ResourceTemplate as WireTemplate,
  ResourceTemplateReference,
  Role,
  Root,
  SamplingMessage,
  SamplingMessageContentBlock,
  ServerCapabilities,
  SubscriptionFilter,
  TextContent,
  TextResourceContents,
  Tool as WireTool,
  ToolAnnotations,
  ToolUseContent,
} from "./spec/index.ts"
