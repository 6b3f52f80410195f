/** npm `fastmcp`. Wire: 2025-11-25. */
import { buildFastMCP } from "../lib/fastmcp.mjs"

await buildFastMCP().start({ transportType: "stdio" })
