/** The official inspector's command line: a program, a connection and a request each time. Needs Node 22.19 or newer. */
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { drive } from "./drive.mjs"

const inspector = fileURLToPath(
  new URL("../node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js", import.meta.url),
)
const run = promisify(execFile)

await drive(() => {
  let target = []
  let options = []

  async function inspect(method, ...more) {
    const args = [inspector, "--cli", ...options, "--method", method, ...more, ...target]
    const { stdout } = await run(process.execPath, args).catch((failed) => {
      // It exits with an error for a tool that failed, too, whose result it prints.
      if (failed.stdout) return failed
      throw new Error(failed.stderr || failed.message)
    })
    return JSON.parse(stdout).result
  }

  const json = (args) => JSON.stringify(args ?? {})
  const pairs = (args) => Object.entries(args ?? {}).map(([key, value]) => `${key}=${value}`)

  return {
    async open({ mode, url, headers = {}, command, args }) {
      options = ["--protocol-era", mode, "--format", "json", "--quiet"]
      for (const [name, value] of Object.entries(headers)) options.push("--header", `${name}: ${value}`)
      target = url ? ["--server-url", url, "--transport", "http"] : ["--", command, ...args]
    },
    close: () => undefined,
    listTools: async () => (await inspect("tools/list")).tools,
    callTool: ({ name, arguments: args }) =>
      inspect("tools/call", "--tool-name", name, "--tool-args-json", json(args)),
    listResources: async () => (await inspect("resources/list")).resources,
    listTemplates: async () => (await inspect("resources/templates/list")).resourceTemplates,
    readResource: ({ uri }) => inspect("resources/read", "--uri", uri),
    listPrompts: async () => (await inspect("prompts/list")).prompts,
    getPrompt: ({ name, arguments: args }) =>
      inspect("prompts/get", "--prompt-name", name, ...(args ? ["--prompt-args", ...pairs(args)] : [])),
  }
})
