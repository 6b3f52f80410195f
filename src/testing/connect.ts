import type { Tool } from "../components/tool.ts"
import { InvalidOption, quoted } from "../errors/server.ts"
import type { Era } from "../protocol/era.ts"
import type { MessageHandler } from "../protocol/transport.ts"
import { Engine } from "../server/engine.ts"
import type { DependencyOption } from "../server/lifespan-host.ts"
import type { Lifespans } from "../server/lifespans.ts"
import { isStateless, type ProtocolRevision } from "../spec/revisions.ts"
import { TestClient } from "./client.ts"
import { assertConnectOptions, type ConnectOptions } from "./options.ts"
import { SessionWire } from "./session-wire.ts"
import { Wire } from "./wire.ts"

/** A server that a client can be connected to: a `FleetMCP`. */
export interface TestTarget<Tools extends readonly Tool[] = readonly Tool[]> {
  /** What answers messages. */
  readonly handler: MessageHandler
  /** Starts what must be there before the first request. */
  readonly start: () => Promise<void>
  /** Only for inference: the tools a typed client sees. Never there. */
  readonly types?: { readonly tools: Tools }
}

/**
 * Connects a client to a server in the same process: no port, no transport, and yet every message goes as JSON through
 * all that the server does to it.
 *
 * @param server A `FleetMCP`; it is started if it is not.
 * @param options What the client can do and answers. Default: nothing.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} An option has a value that cannot be meant.
 *
 * @example
 * await using client = await connect(mcp)
 * const sum = await client.tools.add({ a: 1, b: 2 })
 */
export async function connect<const Tools extends readonly Tool[]>(
  server: TestTarget<Tools>,
  options: ConnectOptions = {},
): Promise<TestClient<Tools>> {
  assertTarget(server)
  assertConnectOptions(options)
  const { dependencies, era = eraOfRevision(options.revision) } = options
  const withdraw = dependencies && (await override(server, dependencies))
  try {
    await server.start()
    if (era === "stateless") return new TestClient<Tools>(new Wire(server.handler, options), withdraw)
    const wire = new SessionWire(server.handler, options)
    await wire.open()
    return new TestClient<Tools>(wire, withdraw)
  } catch (error) {
    // The next client must not find what this one brought.
    await withdraw?.()
    throw error
  }
}

/** What servers have made otherwise, for the client that was connected last. */
const overrides: WeakMap<Lifespans, DependencyOption> = /* @__PURE__ */ new WeakMap()

/** Has a server make values otherwise, until what is returned is called. */
async function override(
  { handler }: TestTarget,
  dependencies: DependencyOption,
): Promise<() => Promise<void>> {
  if (!(handler instanceof Engine))
    throw new InvalidOption(
      "The first argument of `connect()`",
      quoted(handler),
      "Give the `FleetMCP` itself.",
    )
  const lifespans = await handler.lifespans.load()
  await lifespans.override(dependencies)
  overrides.set(lifespans, dependencies)
  return async () => {
    if (overrides.get(lifespans) !== dependencies) return
    overrides.delete(lifespans)
    await lifespans.override([])
  }
}

function eraOfRevision(revision: ProtocolRevision | undefined): Era {
  return revision === undefined || isStateless(revision) ? "stateless" : "session"
}

function assertTarget(server: TestTarget): void {
  const { handler, start }: { readonly handler?: unknown; readonly start?: unknown } = server ?? {}
  if (handler !== undefined && typeof start === "function") return
  throw new InvalidOption("The first argument of `connect()`", quoted(server), "Give a `FleetMCP`.")
}
