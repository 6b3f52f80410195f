/** Bare `node:http`: parses the JSON-RPC body, looks the tool up in a Map, stringifies the answer. Wire: 2026-07-28, no check of it. */
import http from "node:http"
import { PROTOCOL } from "../lib/catalog.mjs"
import { listen } from "../lib/child.mjs"
import { listed, tools } from "../lib/raw.mjs"

function answer(message, res) {
  if (message.method === "tools/list") return { tools: listed }
  if (message.method !== "tools/call") return undefined
  const { name, arguments: args, _meta } = message.params
  return tools.get(name)?.(args, (progress, total) => {
    if (!res.headersSent) res.writeHead(200, { "content-type": "text/event-stream" })
    const params = { progressToken: _meta.progressToken, progress, total }
    const event = JSON.stringify({ jsonrpc: "2.0", method: "notifications/progress", params })
    res.write(`event: message\ndata: ${event}\n\n`)
  })
}

const server = http.createServer((req, res) => {
  const chunks = []
  req.on("data", (chunk) => chunks.push(chunk))
  req.on("end", () => {
    const message = JSON.parse(Buffer.concat(chunks).toString())
    const result = answer(message, res)
    const body = JSON.stringify({ jsonrpc: "2.0", id: message.id, result })
    if (res.headersSent) return res.end(`event: message\ndata: ${body}\n\n`)
    res.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) })
    res.end(body)
  })
})

listen(server, { wire: PROTOCOL })
