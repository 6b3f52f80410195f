/** The official SDK v1. Wire: 2025-11-25. */
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js"
import { buildSdkV1 } from "../lib/sdk-v1.mjs"

await buildSdkV1().connect(new StdioServerTransport())
