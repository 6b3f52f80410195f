import { describe, onTestFinished } from "vitest"
import { FleetMCP, type FleetMCPOptions } from "../../src/index.ts"
import { type ProtocolRevision, revisions } from "../../src/spec/revisions.ts"
import { type ConnectOptions, connect, type TestClient } from "../../src/testing/index.ts"

/** What a suite of behaviour gets for each revision. */
export interface EraTools {
  readonly revision: ProtocolRevision
  /** Makes a server that is closed when the test is over. */
  server(options?: FleetMCPOptions): FleetMCP
  /** Connects a client of the revision, which goes away when the test is over. */
  connect(mcp: FleetMCP, options?: ConnectOptions): Promise<TestClient>
}

/** Runs a suite in every revision of the protocol, or in those that know what it is about. */
export function describeEras(
  name: string,
  suite: (t: EraTools) => void,
  knows: (revision: ProtocolRevision) => boolean = () => true,
): void {
  describe.each(revisions.filter(knows))(`${name} in %s`, (revision) => {
    suite({
      revision,
      server(options) {
        const mcp = new FleetMCP("Test", { log: () => undefined, ...options })
        onTestFinished(() => mcp.close({ graceMs: 0 }))
        return mcp
      },
      async connect(mcp, options) {
        const client = await connect(mcp, { revision, ...options })
        onTestFinished(() => client.close())
        return client
      },
    })
  })
}
