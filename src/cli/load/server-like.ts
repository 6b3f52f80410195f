import type { FleetMCP } from "../../fleet-mcp.ts"

/**
 * A server as its public members make it: whose class it is of does not matter, since a program may use another copy of
 * this package than the command line does. Known by `isServer()`.
 */
export type ServerLike = { readonly [Member in keyof FleetMCP]: FleetMCP[Member] }
