/** `tmcp`. Wire: 2025-11-25. */
import { StdioTransport } from "@tmcp/transport-stdio"
import { buildTmcp } from "../lib/tmcp.mjs"

new StdioTransport(buildTmcp()).listen()
