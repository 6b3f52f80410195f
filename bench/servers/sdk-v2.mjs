/**
 * The official SDK v2: `createMcpHandler` with an `McpServer` per request, behind `toNodeHandler`. The schemas are
 * built once, outside the factory, which is the faster of the documented ways. Wire: 2026-07-28, stateless.
 */
import http from "node:http"
import { localhostHostValidation, localhostOriginValidation, toNodeHandler } from "@modelcontextprotocol/node"
import { createMcpHandler } from "@modelcontextprotocol/server"
import { PROTOCOL } from "../lib/catalog.mjs"
import { listen } from "../lib/child.mjs"
import { buildSdkV2 } from "../lib/sdk-v2.mjs"

const handle = toNodeHandler(createMcpHandler(buildSdkV2))
const hostIsFine = localhostHostValidation()
const originIsFine = localhostOriginValidation()

listen(
  http.createServer((req, res) => {
    if (hostIsFine(req, res) && originIsFine(req, res)) handle(req, res)
  }),
  { wire: PROTOCOL },
)
