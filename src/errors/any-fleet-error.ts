import type { NotCanonicalJson } from "./canonical-json.ts"
import type {
  BrokenImport,
  CircularImport,
  ExitedOnImport,
  FolderNotWritable,
  ImportTimeWork,
  InvalidSource,
  ModuleFailed,
  NoServer,
  NoSuchFile,
  OutdatedRuntime,
  UnsettledImport,
} from "./cli.ts"
import type {
  InvalidAnnotations,
  InvalidContent,
  InvalidIcon,
  InvalidMeta,
  InvalidName,
  InvalidResult,
  MissingHandler,
  NoScopes,
  NotSerializable,
  ResourceUnreadable,
  UnawaitedPromise,
} from "./components.ts"
import type {
  ArgumentsTakenForContext,
  CannotNotify,
  ContextMisused,
  InvalidState,
  NoState,
  StateTooLarge,
} from "./context.ts"
import type {
  AccessRefused,
  AnswerTimedOut,
  AnswerTooLarge,
  BinaryOnTerminal,
  CannotConnect,
  EndlessList,
  FileFailed,
  Interrupted,
  InvalidTarget,
  LockBroken,
  LockMissing,
  LockUnreadable,
  NotAnMcpServer,
  NotOffered,
  RequestRefused,
  WrongArguments,
  WrongUsage,
} from "./dialogue.ts"
import type { NotAForm, NotAWebPage } from "./elicitation.ts"
import type { BlockedLoop } from "./event-loop.ts"
import { FleetError } from "./fleet-error.ts"
import type { TooManyHandles, UnknownHandle } from "./handles.ts"
import type {
  BodyAlreadyRead,
  BodyCutOff,
  BodyTooLarge,
  CannotListen,
  InvalidRoute,
  PortInUse,
} from "./http.ts"
import type { EndlessCalls, InProcessError } from "./in-process.ts"
import type { NoResponseStream, NotAnHttpEvent } from "./lambda.ts"
import type { InvalidCursor } from "./lists.ts"
import type {
  CallAborted,
  CannotAsk,
  HeaderMismatch,
  InvalidAnswer,
  InvalidArguments,
  InvalidEnvelope,
  InvalidParams,
  InvalidRequest,
  MethodNotFound,
  MissingClientCapability,
  ParseError,
  Suspended,
  UnsupportedVersion,
  WeakSecret,
} from "./protocol.ts"
import type { InvalidAuthentication, NotAResponse, TooManyYields } from "./returned.ts"
import type {
  InvalidRequestState,
  RepeatedKey,
  ReplayDiverged,
  RequestStateTooLarge,
  TooManyRounds,
} from "./rounds.ts"
import type { NotOnThisRuntime } from "./runtime.ts"
import type {
  InexpressibleSchema,
  InvalidHeaderParam,
  InvalidSchema,
  MissingConverter,
  OutdatedZod,
  SchemaTooLarge,
  UnresolvedRef,
  UnsupportedDialect,
} from "./schema.ts"
import type { NotAnSdkServer, SdkServerInUse } from "./sdk.ts"
import type {
  DuplicateComponent,
  InsufficientScope,
  InvalidOption,
  InvalidPlugin,
  LifespanTimeout,
  MiddlewareMisuse,
  MissingContextValue,
  NoContext,
  ResourceNotFound,
  ServerClosed,
  StartingServer,
  UndeclaredResultType,
  UnknownComponent,
  UnknownOption,
  UnknownPrompt,
  UnknownTool,
} from "./server.ts"
import type {
  AskRefused,
  AskTimedOut,
  NeedsSession,
  NotInRevision,
  SessionRequired,
  UnknownSession,
} from "./session.ts"
import type { InvalidSetting, UnreadableEnvFile } from "./settings.ts"
import type { ContentLengthFraming, StrayOutput } from "./stdio.ts"
import type {
  CorruptValue,
  InvalidStorageKey,
  NotStorable,
  StorageContention,
  StorageFull,
} from "./storage.ts"
import type { StorageNotAtomic } from "./storage-not-atomic.ts"
import type { TooManySubscriptions } from "./subscriptions.ts"
import type {
  ClientClosed,
  EndlessQuestions,
  RequestFailed,
  ToolCallFailed,
  UnansweredRequest,
} from "./testing.ts"
import type {
  MissingPiscina,
  NotCloneable,
  ThreadCrashed,
  ThreadPoolClosed,
  ThreadQueueFull,
  ThreadWorkUnusable,
  UnknownThreadFunction,
} from "./threads.ts"
import type { HandlerFailed, HandlerTimeout, InvalidOutput, ToolError } from "./tool.ts"
import type { InvalidTemplateValue, InvalidUriTemplate, TemplateMismatch } from "./uri.ts"

/**
 * Is any error that FleetMCP throws, told apart by its `code`: after `case "FLEET-10":` the error has the fields of
 * that failure. `Extract<AnyFleetError, { code: "FLEET-10" }>` names one.
 *
 * @example
 * function toStatus(error: AnyFleetError): number {
 *   switch (error.code) {
 *     case "RESOURCE_NOT_FOUND":
 *       return 404 // and error.data.uri is a string
 *     default:
 *       return error.http?.status ?? 500
 *   }
 * }
 */
export type AnyFleetError =
  | AccessRefused
  | AnswerTimedOut
  | AnswerTooLarge
  | ArgumentsTakenForContext
  | AskRefused
  | AskTimedOut
  | BlockedLoop
  | BinaryOnTerminal
  | BodyAlreadyRead
  | BodyCutOff
  | BodyTooLarge
  | BrokenImport
  | CallAborted
  | CannotAsk
  | CannotNotify
  | ContextMisused
  | CannotConnect
  | CannotListen
  | CircularImport
  | ClientClosed
  | ContentLengthFraming
  | CorruptValue
  | DuplicateComponent
  | EndlessCalls
  | EndlessList
  | EndlessQuestions
  | ExitedOnImport
  | FolderNotWritable
  | FileFailed
  | HandlerFailed
  | HandlerTimeout
  | HeaderMismatch
  | ImportTimeWork
  | InProcessError
  | InexpressibleSchema
  | InsufficientScope
  | Interrupted
  | InvalidAnnotations
  | InvalidAnswer
  | InvalidArguments
  | InvalidAuthentication
  | InvalidContent
  | InvalidCursor
  | InvalidEnvelope
  | InvalidHeaderParam
  | InvalidIcon
  | InvalidMeta
  | InvalidName
  | InvalidOption
  | InvalidOutput
  | InvalidParams
  | InvalidPlugin
  | InvalidRequest
  | InvalidRequestState
  | InvalidResult
  | InvalidRoute
  | InvalidSchema
  | InvalidSetting
  | InvalidSource
  | InvalidState
  | InvalidStorageKey
  | InvalidTarget
  | InvalidTemplateValue
  | InvalidUriTemplate
  | LockBroken
  | LockMissing
  | LockUnreadable
  | MethodNotFound
  | MiddlewareMisuse
  | MissingClientCapability
  | MissingContextValue
  | MissingConverter
  | MissingHandler
  | ModuleFailed
  | MissingPiscina
  | NeedsSession
  | NoContext
  | NoResponseStream
  | NoScopes
  | NoServer
  | NoState
  | NoSuchFile
  | NotAForm
  | NotAnHttpEvent
  | NotAnMcpServer
  | NotAResponse
  | NotAnSdkServer
  | NotAWebPage
  | NotCanonicalJson
  | NotCloneable
  | NotInRevision
  | NotOffered
  | NotOnThisRuntime
  | NotSerializable
  | NotStorable
  | OutdatedRuntime
  | OutdatedZod
  | ParseError
  | PortInUse
  | RepeatedKey
  | ReplayDiverged
  | RequestFailed
  | RequestRefused
  | RequestStateTooLarge
  | ResourceNotFound
  | ResourceUnreadable
  | SchemaTooLarge
  | SdkServerInUse
  | SessionRequired
  | StartingServer
  | StateTooLarge
  | LifespanTimeout
  | ServerClosed
  | StorageContention
  | StorageFull
  | StorageNotAtomic
  | StrayOutput
  | Suspended
  | TemplateMismatch
  | ThreadCrashed
  | ThreadPoolClosed
  | ThreadQueueFull
  | ThreadWorkUnusable
  | TooManyHandles
  | TooManyRounds
  | TooManySubscriptions
  | TooManyYields
  | ToolCallFailed
  | ToolError
  | UnansweredRequest
  | UnawaitedPromise
  | UndeclaredResultType
  | UnknownComponent
  | UnknownHandle
  | UnknownOption
  | UnknownPrompt
  | UnknownSession
  | UnknownTool
  | UnreadableEnvFile
  | UnknownThreadFunction
  | UnresolvedRef
  | UnsettledImport
  | UnsupportedDialect
  | UnsupportedVersion
  | WeakSecret
  | WrongArguments
  | WrongUsage

/**
 * Tells an error of FleetMCP from any other, so that a `switch` over its `code` knows them all.
 *
 * @example
 * await mcp.run({ transport: "http" }).catch((error: unknown) => {
 *   if (isFleetError(error) && error.code === "FLEET-10") return mcp.run({ transport: "http", port: 0 })
 *   throw error
 * })
 */
export function isFleetError(error: unknown): error is AnyFleetError {
  return error instanceof FleetError
}
