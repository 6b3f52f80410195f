/** `mcp-lite`: its fetch handler is called with a `Request` and the `Response` is read, as its tests do. */
import { buildMcpLite } from "../lib/mcp-lite.mjs"
import { ARGS, serveLoop } from "./loop.mjs"

const handle = buildMcpLite()
const headers = { "content-type": "application/json", accept: "application/json" }

let id = 0
await serveLoop(async () => {
  const params = { name: "add", arguments: ARGS }
  const body = JSON.stringify({ jsonrpc: "2.0", id: ++id, method: "tools/call", params })
  const response = await handle(new Request("http://127.0.0.1/mcp", { method: "POST", headers, body }))
  return (await response.json()).result.content[0].text
})
