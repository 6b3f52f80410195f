import { createPrincipal, type PrincipalFields } from "../protocol/principal.ts"
import type { MessageHandler } from "../protocol/transport.ts"
import { SdkConnection } from "./sdk-connection.ts"
import type { SdkAuthInfo } from "./sdk-context.ts"
import { openSdkServer, type SdkServer, type SdkTransport } from "./sdk-server.ts"

/** How a server is served in the official SDK. */
export interface SdkOptions {
  /**
   * Says who is calling, from what the SDK's authentication found out. Default: the OAuth client with its scopes, and
   * `extra` as claims, of which `iss` and `sub` name the user.
   */
  readonly principal?: ((authInfo: SdkAuthInfo) => PrincipalFields) | undefined
}

/**
 * Serves in a low-level `Server` of the official SDK: it keeps its transports, its authentication and its hosting, and
 * answers with our tools, resources and prompts. Each connection is a client with a session of its own.
 *
 * @param handler The server: `mcp.handler`, whose `capabilities` clients are told.
 * @param server One of `@modelcontextprotocol/server` or of `@modelcontextprotocol/sdk`, not connected yet.
 * @param options `principal`.
 * @returns The same `server`.
 * @throws {NotAnSdkServer} It is something else, such as an `McpServer`.
 * @throws {SdkServerInUse} It is connected, or answers for something else.
 * @see S28/basic/transports/index#custom-transports
 * @example
 * import { createMcpHandler, Server } from "@modelcontextprotocol/server"
 * const createServer = () => serveInSdk(mcp.handler, new Server({ name: "demo", version: "1.0.0" }))
 * export default createMcpHandler(createServer)
 */
export function serveInSdk<Server extends SdkServer>(
  handler: MessageHandler,
  server: Server,
  options: SdkOptions = {},
): Server {
  const sdk = openSdkServer(server)
  const { principal = fieldsOf } = options
  const host = {
    handler,
    server: sdk,
    toPrincipal: async (authInfo: SdkAuthInfo) => createPrincipal(principal(authInfo)),
  }
  let connection = new SdkConnection(host)
  const connect = sdk.connect.bind(sdk)
  // Here, since what the server has may change until then, and only until then may it be said.
  sdk.connect = async (transport) => {
    if (sdk.transport === undefined) {
      await handler.start?.()
      sdk.registerCapabilities(handler.capabilities ?? {})
      connection = new SdkConnection(host)
      listen(transport, connection)
    }
    await connect(transport)
  }
  sdk.fallbackRequestHandler = (request, context) => connection.request(request, context)
  return server
}

/** Sees what comes and goes before the SDK does, which calls the listeners that it finds. */
function listen(transport: SdkTransport, connection: SdkConnection): void {
  const { onmessage, onclose } = transport
  transport.onmessage = (message, extra) => {
    onmessage?.(message, extra)
    connection.observe(message, extra)
  }
  transport.onclose = () => {
    onclose?.()
    connection.over()
  }
}

function fieldsOf({ clientId, scopes, expiresAt, extra = {} }: SdkAuthInfo): PrincipalFields {
  const { iss, sub } = extra
  return {
    clientId,
    scopes,
    claims: extra,
    ...(typeof iss === "string" ? { issuer: iss } : undefined),
    ...(typeof sub === "string" ? { subject: sub } : undefined),
    ...(expiresAt === undefined ? undefined : { expiresAt: expiresAt * 1000 }),
  }
}
