// Entries

export { createNodeListener, type NodeListener, serveHttp } from "#node"
export { createFetchHandler, type FetchHandler } from "./handler.ts"
export type { RunningServer, ServeOptions } from "./running-server.ts"

// Sessions

export { type MemorySessionOptions, memorySessions } from "../protocol/session/memory-sessions.ts"
export type {
  SessionData,
  SessionLink,
  SessionSignal,
  SessionStore,
  Sessions,
  StreamEvent,
} from "../protocol/session/session.ts"
export type { VisibilityRule } from "../protocol/visibility-rule.ts"

// Endpoint

export type { AnswerHeaders, Cors, CorsOptions } from "./cors.ts"
export {
  createEndpoint,
  type Endpoint,
  type EndpointParts,
  type Timeouts,
} from "./endpoint.ts"
export type { Guard, GuardOptions, GuardProblem } from "./guard.ts"
export type { HttpOptions, HttpTimeouts, LegacySseOptions } from "./http-options.ts"
export type { Every } from "./keep-alive.ts"
export type { RouteHandler, Router, Routes } from "./router.ts"
