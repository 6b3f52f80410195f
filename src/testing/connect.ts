import type { Tool } from "../components/tool.ts"
import type { MessageHandler } from "../protocol/transport.ts"
import { TestClient } from "./client.ts"
import { assertConnectOptions, type ConnectOptions } from "./options.ts"

/** A server that a client can be connected to: a `FleetMCP`. */
export interface TestTarget<Tools extends readonly Tool[] = readonly Tool[]> {
  readonly handler: MessageHandler
  /** Starts what must be there before the first request. */
  readonly start: () => Promise<void>
  readonly types?: { readonly tools: Tools }
}

/**
 * Connects a client to a server in the same process: no port, no transport, and yet every message goes as JSON through
 * all that the server does to it.
 *
 * @throws {UnknownOption} FLEET-09
 *
 * @example
 * await using client = await connect(mcp)
 * const sum = await client.tools.add({ a: 1, b: 2 })
 */
export async function connect<const Tools extends readonly Tool[]>(
  server: TestTarget<Tools>,
  options: ConnectOptions = {},
): Promise<TestClient<Tools>> {
  assertConnectOptions(options)
  await server.start()
  return new TestClient<Tools>(server.handler, options)
}
