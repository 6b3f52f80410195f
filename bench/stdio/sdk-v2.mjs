/** The official SDK v2. Wire: 2025-11-25. */
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio"
import { buildSdkV2 } from "../lib/sdk-v2.mjs"

await buildSdkV2().connect(new StdioServerTransport())
