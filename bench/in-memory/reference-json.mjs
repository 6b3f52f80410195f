/** The reference with the envelope: message and answer cross as text, what never changes in them is serialized once. */
import { META, PROTOCOL, SERVER_INFO } from "../lib/catalog.mjs"
import { ARGS, serveLoop } from "./loop.mjs"

const tools = new Map([["add", ({ a, b }) => [{ type: "text", text: String(a + b) }]]])
const stamp = JSON.stringify({ [META.serverInfo]: SERVER_INFO })
const meta = JSON.stringify({
  [META.version]: PROTOCOL,
  [META.clientInfo]: SERVER_INFO,
  [META.capabilities]: {},
})

async function dispatch(line) {
  const { id, params } = JSON.parse(line)
  if (params._meta[META.version] !== PROTOCOL) throw new Error("unsupported version")
  const content = JSON.stringify(tools.get(params.name)(params.arguments))
  return `{"jsonrpc":"2.0","id":${id},"result":{"resultType":"complete","content":${content},"_meta":${stamp}}}`
}

let id = 0
await serveLoop(async () => {
  const params = `{"name":"add","arguments":${JSON.stringify(ARGS)},"_meta":${meta}}`
  const answer = await dispatch(`{"jsonrpc":"2.0","id":${++id},"method":"tools/call","params":${params}}`)
  return JSON.parse(answer).result.content[0].text
})
