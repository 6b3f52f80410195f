import type { FleetMCPOptions } from "./fleet-mcp-options.ts"
import type { ServerOption } from "./server/options.ts"

// The list that options are checked against is the whole of the interface.

declare const listed: ServerOption
listed satisfies keyof FleetMCPOptions
declare const declared: keyof FleetMCPOptions
declared satisfies ServerOption
