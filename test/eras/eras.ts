import { describe, onTestFinished } from "vitest"
import { FleetMCP, type FleetMCPOptions } from "../../src/index.ts"
import { type ProtocolRevision, revisions } from "../../src/spec/revisions.ts"
import type { TestTarget } from "../../src/testing/connect.ts"
import { type ConnectOptions, connect, type TestClient } from "../../src/testing/index.ts"
import { type Transport, type TransportKind, transports } from "./transports.ts"

/** What a suite of behaviour gets for each revision and transport. */
export interface EraTools {
  readonly revision: ProtocolRevision
  readonly transport: TransportKind
  /** Makes a server that is closed when the test is over. */
  server(options?: FleetMCPOptions): FleetMCP
  /** Connects a client of the revision, which goes away when the test is over. */
  connect(mcp: FleetMCP, options?: ConnectOptions): Promise<TestClient>
  /** A way to a server, for what stands between a client and the transport. */
  reach(mcp: FleetMCP): Promise<TestTarget>
  /** Connects a client to a way, or to what stands in it. */
  connectTo(target: TestTarget, options?: ConnectOptions): Promise<TestClient>
}

/** Where a suite is run. */
export interface EraOptions {
  /** The revisions that know what it is about. Default: all. */
  readonly knows?: (revision: ProtocolRevision) => boolean
  /** The transports it holds on. Default: those on which clients are known. */
  readonly over?: readonly Transport[]
}

/** Runs a suite in every revision of the protocol, over every transport. */
export function describeEras(
  name: string,
  suite: (t: EraTools) => void,
  { knows = () => true, over = transports }: EraOptions = {},
): void {
  const places = revisions
    .filter(knows)
    .flatMap((revision) => over.map((transport) => ({ revision, transport, way: transport.name })))
  describe.each(places)(`${name} in $revision over $way`, ({ revision, transport }) =>
    suite(toolsOf(revision, transport)),
  )
}

function toolsOf(revision: ProtocolRevision, transport: Transport): EraTools {
  async function connectTo(target: TestTarget, options?: ConnectOptions): Promise<TestClient> {
    const client = await connect(target, { revision, ...transport.client, ...options })
    onTestFinished(() => client.close())
    return client
  }
  return {
    revision,
    transport: transport.kind,
    server(options) {
      const mcp = new FleetMCP("Test", { log: () => undefined, ...transport.server, ...options })
      onTestFinished(() => mcp.close({ graceMs: 0 }))
      return mcp
    },
    reach: transport.reach,
    connectTo,
    connect: async (mcp, options) => connectTo(await transport.reach(mcp), options),
  }
}
