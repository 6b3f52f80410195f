/** Bare streams: cuts lines, parses, looks the tool up in a Map, stringifies the answer. Wire: 2026-07-28, no check of it. */
import { listed, tools } from "../lib/raw.mjs"

function answer({ id, method, params }) {
  if (method === "tools/list") return { jsonrpc: "2.0", id, result: { tools: listed } }
  return { jsonrpc: "2.0", id, result: tools.get(params.name)(params.arguments) }
}

let rest = ""
process.stdin.setEncoding("utf8")
process.stdin.on("data", (chunk) => {
  const lines = (rest + chunk).split("\n")
  rest = lines.pop()
  for (const line of lines) process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`)
})
process.stdin.on("end", () => process.exit(0))
