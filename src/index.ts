// Server

// Authorization
export {
  type AuthCheck,
  type AuthPredicate,
  type AuthRule,
  challengeScopes,
  requireScopes,
} from "./components/auth-check.ts"
// Components
export type { Completer, CompletionContext, Suggestions } from "./components/completion.ts"
export type { CacheHints, Component, ComponentKind } from "./components/component.ts"
// Results
export { audio, file, image, link, text } from "./components/content.ts"
// Context
export {
  type AskOptions,
  type Context,
  type ContextKey,
  contextKey,
  type Elicited,
  type ElicitedUrl,
  type SampleRequest,
} from "./components/context.ts"
// Icons
export { icon } from "./components/icon.ts"
export { type InputRequired, type InputRequiredInit, inputRequired } from "./components/input-required.ts"
export { type Prompt, type PromptConfig, prompt } from "./components/prompt.ts"
export { message, PromptResult, type PromptReturn } from "./components/prompt-result.ts"
export { type Resource, type ResourceConfig, resource } from "./components/resource.ts"
export { type ResourceContents, resourceContents } from "./components/resource-result.ts"
export { ToolResult, type ToolResultInit } from "./components/result.ts"
export { binaryResource, jsonResource, textResource } from "./components/static-resources.ts"
export { httpResource } from "./components/static-resources-http.ts"
export type { Template, TemplateConfig, TemplateSecurity } from "./components/template.ts"
export { type Tool, type ToolConfig, tool } from "./components/tool.ts"
// Errors
export { FleetError } from "./errors/fleet-error.ts"
export { InvalidParams, isSuspended } from "./errors/protocol.ts"
export { ResourceNotFound } from "./errors/server.ts"
export { ToolError } from "./errors/tool.ts"
export { type CallOptions, FleetMCP, type FleetMCPOptions, type RunOptions } from "./fleet-mcp.ts"
// HTTP
export type { CorsOptions } from "./http/cors.ts"
export type { HttpOptions } from "./http/endpoint.ts"
export type { FetchHandler } from "./http/handler.ts"
export type { RouteHandler } from "./http/router.ts"
export type { RunningServer } from "./http/running-server.ts"
// Middleware
export { type Call, complete, type Outcome } from "./protocol/call.ts"
// Extension
export type { Method } from "./protocol/method.ts"
export { createPrincipal, type Principal, type PrincipalFields } from "./protocol/principal.ts"

// Schemas
export type { JsonSchema, Schema } from "./schema/schema.ts"
export type { Authenticator, AuthRequest, Refusal } from "./server/authenticator.ts"
export { type ChangeEvent, type EventBus, memoryEventBus } from "./server/events.ts"
export type { CallHooks, Hooks } from "./server/hooks.ts"
export { defineMiddleware, type Hook, type Middleware, type Next, type Notice } from "./server/middleware.ts"
export { definePlugin, type ListenFilter, type Plugin } from "./server/plugin.ts"
export type { Provider, Resolved, Scope } from "./server/provider.ts"
export { getContext } from "./server/run-handler.ts"
// Logging
export type { LogRecord, ServerLog } from "./server/server-log.ts"
export { defineTransform, type Transform } from "./server/transform.ts"
