// Client

export type { ToolFunctionOf, ToolFunctions } from "../client/tools.ts"
export type { CompleteOptions, TestClient } from "./client.ts"
export { connect, type TestTarget } from "./connect.ts"
export type { Subscription } from "./dialect.ts"
export type { ElicitationHandler, RootsAnswer, SamplingHandler } from "./input.ts"

// Options

export type { ConnectOptions, Listeners, Notification, RequestOptions } from "./options.ts"

// Errors

export {
  ClientClosed,
  EndlessQuestions,
  RequestFailed,
  ToolCallFailed,
  UnansweredRequest,
} from "../errors/testing.ts"
