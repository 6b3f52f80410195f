// Client

// Errors
export {
  ConnectionLost,
  PinBroken,
  RequestTimedOut,
  SessionLost,
  WrongAnswer,
  WrongOutput,
  WrongResult,
  WrongServers,
} from "../errors/client.ts"
export {
  AccessRefused,
  AnswerTooLarge,
  CannotConnect,
  EndlessList,
  InvalidTarget,
  NotAnMcpServer,
} from "../errors/dialogue.ts"
export {
  ClientClosed,
  EndlessQuestions,
  RequestFailed,
  ToolCallFailed,
  UnansweredRequest,
} from "../errors/testing.ts"
export { type CallResult, Client, type TypedTarget } from "./client.ts"
// Servers
export type { Connection, ConnectionRequestOptions, OpenOptions } from "./connection.ts"
// Questions
export { formAnswer } from "./form-answer.ts"
// Generation
export { generateClient, type Listing } from "./generate.ts"
export type { ReconnectOptions } from "./link.ts"
export type { ServerTarget } from "./memory-carrier.ts"
export type { CommandTarget, StderrOption } from "./node-stdio.ts"
export type { CallOptions, ClientOptions, ClientPlugin, RequestOptions } from "./options.ts"
export type { ElicitationHandler, QuestionContext, QuestionHandlers, RootsOption } from "./questions.ts"
// Results
export type { CacheOptions } from "./response-cache.ts"
export type { Json, PeerNotification, PeerRequest } from "./rpc.ts"
export type { ServersTarget, Target, UrlTarget } from "./target.ts"
export type { ToolFunctions } from "./tools.ts"
export type { Verdict } from "./verdicts.ts"
export type { Watch } from "./watch.ts"
