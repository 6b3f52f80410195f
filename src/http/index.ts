// Endpoint

export { createNodeListener, type NodeListener, serveHttp } from "#node"
export type { CorsOptions } from "./cors.ts"
export {
  createEndpoint,
  type Endpoint,
  type EndpointParts,
  type HttpOptions,
  type HttpTimeouts,
} from "./endpoint.ts"
export type { GuardOptions } from "./guard.ts"
// Entries
export { createFetchHandler, type FetchHandler } from "./handler.ts"
export type { RouteHandler, Routes } from "./router.ts"
export type { RunningServer, ServeOptions } from "./running-server.ts"
