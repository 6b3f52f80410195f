import type { InvalidArguments } from "./arguments.ts"
import type { AuditTimeout, AuditUnavailable } from "./audit.ts"
import type { NotCanonicalJson } from "./canonical-json.ts"
import type { MissingClientCapability } from "./capabilities.ts"
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
  ConnectionLost,
  PinBroken,
  RequestTimedOut,
  SessionLost,
  WrongAnswer,
  WrongOutput,
  WrongResult,
  WrongServers,
} from "./client.ts"
import type { MissingTable, StorageThrottled } from "./cloud-storage.ts"
import type { MissingQuickjs, SandboxFailed } from "./code-mode.ts"
import type {
  InvalidAnnotations,
  InvalidContent,
  InvalidIcon,
  InvalidMeta,
  InvalidName,
  InvalidResult,
  MissingHandler,
  NotSerializable,
  UnawaitedPromise,
} from "./components.ts"
import type { InvalidPrefix, MountCycle, UnguardedMount } from "./composition.ts"
import type {
  ArgumentsTakenForContext,
  CannotNotify,
  ContextMisused,
  InvalidState,
  NoState,
  StateTooLarge,
  VisibilityNeedsSession,
} from "./context.ts"
import type { CircularDependency, DependencyFailed, MissingDependency, WrongScope } from "./dependencies.ts"
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
import type { NotAForm } from "./elicitation.ts"
import type { BlockedLoop } from "./event-loop.ts"
import { FleetError } from "./fleet-error.ts"
import type { DuplicateInFiles, FolderUnusable } from "./folders.ts"
import type { HandlerFailed } from "./handler-failed.ts"
import type { TooManyHandles, UnknownHandle } from "./handles.ts"
import type { BodyAlreadyRead, BodyCutOff, BodyTooLarge, InvalidRoute } from "./http.ts"
import type { EndlessCalls, InProcessError } from "./in-process.ts"
import type { InvalidOutput } from "./invalid-output.ts"
import type { NoResponseStream, NotAnHttpEvent } from "./lambda.ts"
import type { LifespanNotRun, LifespanPerSession, NotYieldedOnce } from "./lifespan-keys.ts"
import type {
  LifespanFailed,
  LifespanNotEnded,
  LifespanRepeated,
  LifespanTimeout,
  StartingServer,
} from "./lifespans.ts"
import type { CircuitOpen, Overloaded, RateLimited } from "./limits.ts"
import type { CannotListen, PortInUse } from "./listen.ts"
import type { InvalidCursor } from "./lists.ts"
import type { MiddlewareMisuse } from "./middleware-misuse.ts"
import type { MisorderedMiddleware } from "./middleware-order.ts"
import type { MissingSecrets } from "./missing-secrets.ts"
import type { ImportedBefore, NameWithoutPrefix, UriWithoutPrefix } from "./mounted-names.ts"
import type { NoScopes } from "./no-scopes.ts"
import type { InvalidPlugin, UndeclaredResultType } from "./plugins.ts"
import type {
  CallAborted,
  CannotAsk,
  HeaderMismatch,
  InvalidEnvelope,
  InvalidParams,
  InvalidRequest,
  MethodNotFound,
  ParseError,
  Suspended,
  UnsupportedVersion,
  WeakSecret,
} from "./protocol.ts"
import type { CallNotHere, TooManyParked, UpstreamBusy, UpstreamDown } from "./proxy.ts"
import type { ResourceNotFound } from "./resource-not-found.ts"
import type { ResourceUnreadable } from "./resource-unreadable.ts"
import type { ResponseTooLarge } from "./response-too-large.ts"
import type { InvalidAuthentication, NotAResponse, TooManyYields } from "./returned.ts"
import type {
  InvalidAnswer,
  InvalidRequestState,
  RepeatedKey,
  ReplayDiverged,
  RequestStateTooLarge,
  TooManyRounds,
} from "./rounds.ts"
import type { NotOnThisRuntime } from "./runtime.ts"
import type { SamplingFailed, UnusableSample } from "./sampling.ts"
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
  MissingContextValue,
  MixedVersions,
  NoContext,
  ServerClosed,
  UnknownComponent,
  UnknownOption,
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
import type { SkillExists, SkillRefused } from "./skill-download.ts"
import type { InvalidSkill, NotADirectory, UnknownSkill } from "./skills.ts"
import type { ContentLengthFraming, StrayOutput } from "./stdio.ts"
import type { ForkedStep, InvalidStepKey, RepeatedStep, StepOutcomeUnknown } from "./steps.ts"
import type {
  CannotDecrypt,
  CorruptValue,
  InvalidStorageKey,
  MemoryStorageInProduction,
  NotStorable,
  ReadOnlyStorage,
  StorageContention,
  StorageFull,
  ValueTooLarge,
} from "./storage.ts"
import type { MissingStorageClient, StorageRefused, StorageUnavailable } from "./storage-backends.ts"
import type { DamagedEntry, MissingSqlite, SqliteFailed, StorageFolderUnusable } from "./storage-local.ts"
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
import type { HandlerTimeout, ToolError } from "./tool.ts"
import type { UnknownPrompt, UnknownTool, UnknownVersion } from "./unknown-name.ts"
import type { InvalidTemplateValue, InvalidUriTemplate, TemplateMismatch } from "./uri.ts"
import type { UrlElicitationRequired } from "./url-elicitation.ts"
import type { NotAWebPage } from "./web-page.ts"

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
  | AuditTimeout
  | AuditUnavailable
  | BlockedLoop
  | BinaryOnTerminal
  | BodyAlreadyRead
  | BodyCutOff
  | BodyTooLarge
  | BrokenImport
  | CallAborted
  | CallNotHere
  | CannotAsk
  | CannotNotify
  | ConnectionLost
  | ContextMisused
  | CannotConnect
  | CannotDecrypt
  | CannotListen
  | CircuitOpen
  | CircularDependency
  | CircularImport
  | ClientClosed
  | ContentLengthFraming
  | CorruptValue
  | DamagedEntry
  | DependencyFailed
  | DuplicateComponent
  | DuplicateInFiles
  | EndlessCalls
  | EndlessList
  | EndlessQuestions
  | ExitedOnImport
  | FolderNotWritable
  | FolderUnusable
  | ForkedStep
  | FileFailed
  | HandlerFailed
  | HandlerTimeout
  | HeaderMismatch
  | ImportedBefore
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
  | InvalidPrefix
  | InvalidRequest
  | InvalidRequestState
  | InvalidResult
  | InvalidRoute
  | InvalidSchema
  | InvalidSetting
  | InvalidSkill
  | InvalidSource
  | InvalidStepKey
  | InvalidState
  | InvalidStorageKey
  | InvalidTarget
  | InvalidTemplateValue
  | InvalidUriTemplate
  | LifespanFailed
  | LifespanNotEnded
  | LifespanNotRun
  | LifespanPerSession
  | LifespanRepeated
  | LifespanTimeout
  | LockBroken
  | LockMissing
  | LockUnreadable
  | MemoryStorageInProduction
  | MethodNotFound
  | MiddlewareMisuse
  | MisorderedMiddleware
  | MissingClientCapability
  | MissingContextValue
  | MissingConverter
  | MissingDependency
  | MissingHandler
  | MixedVersions
  | ModuleFailed
  | MissingPiscina
  | MissingQuickjs
  | MissingSecrets
  | MissingStorageClient
  | MissingTable
  | MissingSqlite
  | MountCycle
  | NameWithoutPrefix
  | NeedsSession
  | NoContext
  | NoResponseStream
  | NoScopes
  | NoServer
  | NoState
  | NoSuchFile
  | NotADirectory
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
  | NotYieldedOnce
  | OutdatedRuntime
  | OutdatedZod
  | Overloaded
  | ParseError
  | PinBroken
  | PortInUse
  | RateLimited
  | ReadOnlyStorage
  | RepeatedKey
  | RepeatedStep
  | ReplayDiverged
  | RequestFailed
  | RequestRefused
  | RequestStateTooLarge
  | RequestTimedOut
  | ResourceNotFound
  | ResourceUnreadable
  | ResponseTooLarge
  | SamplingFailed
  | SandboxFailed
  | SchemaTooLarge
  | SdkServerInUse
  | SessionLost
  | SessionRequired
  | SkillExists
  | SkillRefused
  | StartingServer
  | StepOutcomeUnknown
  | StateTooLarge
  | ServerClosed
  | SqliteFailed
  | StorageContention
  | StorageFolderUnusable
  | StorageFull
  | StorageNotAtomic
  | StorageRefused
  | StorageThrottled
  | StorageUnavailable
  | StrayOutput
  | Suspended
  | TemplateMismatch
  | ThreadCrashed
  | ThreadPoolClosed
  | ThreadQueueFull
  | ThreadWorkUnusable
  | TooManyHandles
  | TooManyParked
  | TooManyRounds
  | TooManySubscriptions
  | TooManyYields
  | ToolCallFailed
  | ToolError
  | UnansweredRequest
  | UnawaitedPromise
  | UndeclaredResultType
  | UnguardedMount
  | UnknownComponent
  | UnknownHandle
  | UnknownOption
  | UnknownPrompt
  | UnknownSession
  | UnknownSkill
  | UnknownTool
  | UnknownVersion
  | UnreadableEnvFile
  | UnknownThreadFunction
  | UnresolvedRef
  | UnsettledImport
  | UnsupportedDialect
  | UnsupportedVersion
  | UpstreamBusy
  | UpstreamDown
  | UriWithoutPrefix
  | ValueTooLarge
  | UnusableSample
  | UrlElicitationRequired
  | VisibilityNeedsSession
  | WeakSecret
  | WrongAnswer
  | WrongArguments
  | WrongOutput
  | WrongResult
  | WrongScope
  | WrongServers
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
