import { NotAnSdkServer, SdkServerInUse } from "../errors/sdk.ts"
import { isObject, type Params, type RequestId } from "../protocol/jsonrpc.ts"

/**
 * Is a low-level `Server` of the official SDK, of `@modelcontextprotocol/server` or of `@modelcontextprotocol/sdk`: as
 * much of it as is needed, so that neither is a dependency.
 */
export interface SdkServer {
  /** Where it is connected to. */
  readonly transport?: unknown
  /** Answers requests that nothing else answers. */
  fallbackRequestHandler?: ((request: never, context: never) => Promise<unknown>) | undefined
  /** Says what it can do, before it is connected. */
  registerCapabilities(capabilities: never): void
  /** Throws where something answers a method already. */
  assertCanSetRequestHandler(method: string): void
  /** Speaks over a transport from now on. */
  connect(transport: never): Promise<void>
}

/** A request, as either version of the SDK has it. */
export interface SdkRequest {
  readonly id: RequestId
  readonly method: string
  readonly params?: Params
}

/** {@link SdkServer}, with what both versions of the SDK take and give. */
export interface OpenSdkServer {
  readonly transport?: unknown
  onerror?: (error: unknown) => void
  fallbackRequestHandler?: ((request: SdkRequest, context: unknown) => Promise<unknown>) | undefined
  registerCapabilities(capabilities: object): void
  connect(transport: SdkTransport): Promise<void>
  notification(notification: SdkNotification): Promise<void>
  /** Version 2 alone. */
  getNegotiatedProtocolVersion?(): string | undefined
}

export interface SdkNotification {
  readonly method: string
  readonly params?: Params
}

/** A transport, whose listeners the SDK calls before its own. */
export interface SdkTransport {
  onmessage?: ((message: unknown, extra?: unknown) => void) | undefined
  onclose?: (() => void) | undefined
}

/** What the SDK must not answer itself. Its own `ping`, `initialize` and `logging/setLevel` are welcome. */
const methods = [
  "tools/list",
  "tools/call",
  "resources/list",
  "resources/templates/list",
  "resources/read",
  "resources/subscribe",
  "resources/unsubscribe",
  "prompts/list",
  "prompts/get",
  "completion/complete",
] as const

/**
 * Makes sure that a server can be served in.
 *
 * @throws {NotAnSdkServer}
 * @throws {SdkServerInUse}
 */
export function openSdkServer(server: SdkServer): OpenSdkServer {
  const given: unknown = server
  if (!isObject(given)) throw new NotAnSdkServer(given, false)
  const needed = ["connect", "registerCapabilities", "assertCanSetRequestHandler"]
  if (!needed.every((name) => typeof given[name] === "function"))
    throw new NotAnSdkServer(given, isObject(given.server) && typeof given.connect === "function")
  if (server.transport !== undefined) throw new SdkServerInUse("is connected already")
  if (server.fallbackRequestHandler !== undefined)
    throw new SdkServerInUse("has a `fallbackRequestHandler` already")
  for (const method of methods) {
    try {
      server.assertCanSetRequestHandler(method)
    } catch {
      // It says only what the new message says.
      throw new SdkServerInUse(`answers \`${method}\` already`)
    }
  }
  // The members are those of both versions of the SDK, which their own types say.
  return server as unknown as OpenSdkServer
}
