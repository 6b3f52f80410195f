import { NotOnThisRuntime } from "../errors/runtime.ts"
import type { Endpoint } from "./endpoint.ts"
import type { RunningServer } from "./running-server.ts"

/** A request listener of `node:http`, which this runtime does not have. */
export type NodeListener = (req: never, res: never) => void

export function createNodeListener(_endpoint: Endpoint): NodeListener {
  // Only when it is called: `mcp.http()` gives both entries, and the other one works here.
  return () => {
    throw new NotOnThisRuntime("mcp.node", "mcp.fetch")
  }
}

export function serveHttp(): Promise<RunningServer> {
  return Promise.reject(new NotOnThisRuntime("mcp.run()", "export default mcp"))
}

export type { RunningServer }
