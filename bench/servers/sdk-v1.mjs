/**
 * The official SDK v1 on bare `node:http`: one `McpServer` and transport per session, JSON answers (events where the
 * row streams). Wire: 2025-11-25, one session.
 */
import { randomUUID } from "node:crypto"
import http from "node:http"
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js"
import { LEGACY_PROTOCOL } from "../lib/catalog.mjs"
import { config, listen } from "../lib/child.mjs"
import { buildSdkV1 } from "../lib/sdk-v1.mjs"

const sessions = new Map()

async function open() {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    enableJsonResponse: !config.stream,
    onsessioninitialized: (id) => sessions.set(id, transport),
  })
  await buildSdkV1().connect(transport)
  return transport
}

const server = http.createServer(async (req, res) => {
  const transport = sessions.get(req.headers["mcp-session-id"]) ?? (await open())
  await transport.handleRequest(req, res)
})

listen(server, { wire: LEGACY_PROTOCOL })
