/** The reference: a Map lookup and the handler, awaited; the message and the answer are plain objects. */
import { ARGS, serveLoop } from "./loop.mjs"

const tools = new Map([["add", ({ a, b }) => ({ content: [{ type: "text", text: String(a + b) }] })]])

async function dispatch({ id, params }) {
  return { jsonrpc: "2.0", id, result: tools.get(params.name)(params.arguments) }
}

let id = 0
await serveLoop(async () => {
  const params = { name: "add", arguments: ARGS }
  const { result } = await dispatch({ jsonrpc: "2.0", id: ++id, method: "tools/call", params })
  return result.content[0].text
})
