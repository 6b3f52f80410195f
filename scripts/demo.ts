/**
 * Does the main job of the package once: starts a server of fifteen lines, calls it with the official client, prints
 * what was said, and fails when an answer is wrong.
 */
import { spawn } from "node:child_process"
import { setTimeout as sleep } from "node:timers/promises"
import { isDeepStrictEqual } from "node:util"
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client"
import { end, freePort } from "./tools/child.ts"
import { isMain, root } from "./tools/run.ts"

if (isMain(import.meta)) {
  // From inside the package, `fleetmcp` is what was built.
  const server = await serve(["dist/cli/bin.js", "run", "examples/quickstart.ts"])
  try {
    console.log(`examples/quickstart.ts listens on ${server.url}`)
    const wrong = await converse(server.url, console.log)
    console.log(wrong.length === 0 ? "\nAll answers are right." : `\nWrong: ${wrong.join(", ")}.`)
    process.exitCode = wrong.length === 0 ? 0 : 1
  } finally {
    await server.stop()
  }
}

export interface Served {
  readonly url: string
  stop(): Promise<void>
}

/** Starts a program with this Node and waits until it listens on the port that the environment says; it has 20 seconds. */
export async function serve(args: readonly string[]): Promise<Served> {
  const port = await freePort()
  const told = { PORT: String(port), FLEETMCP_TRANSPORT: "http", FLEETMCP_PORT: String(port) }
  const env = { ...process.env, ...told }
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] })
  const stop = () => end(child)
  const deadline = Date.now() + 20_000
  while (!(await isHealthy(port))) {
    if (child.exitCode === null && Date.now() < deadline) await sleep(50)
    else {
      await stop()
      throw new Error(`The server did not listen on port ${port}; its exit code is ${child.exitCode}.`)
    }
  }
  return { url: `http://127.0.0.1:${port}/mcp`, stop }
}

/**
 * Calls all that the quickstart offers and tells the transcript to `say`.
 *
 * @returns the requests whose answers were wrong.
 */
export async function converse(url: string, say: (line: string) => void): Promise<readonly string[]> {
  const wrong: string[] = []
  const asked: string[] = []
  const reports: (string | undefined)[] = []
  const check = (request: string, answer: unknown, expected: unknown) => {
    const isRight = isDeepStrictEqual(answer, expected)
    if (!isRight) wrong.push(request)
    const complaint = isRight ? "" : `   WRONG, expected ${JSON.stringify(expected)}`
    say(`  ${request.padEnd(50)} → ${JSON.stringify(answer)}${complaint}`)
  }
  const client = new Client(
    { name: "demo", version: "1.0.0" },
    { capabilities: { elicitation: {} }, versionNegotiation: { mode: { pin: "2026-07-28" } } },
  )
  client.setRequestHandler("elicitation/create", ({ params }) => {
    asked.push(params.message)
    return { action: "accept", content: { name: "Ada" } }
  })
  await client.connect(new StreamableHTTPClientTransport(new URL(url)))
  try {
    say(`@modelcontextprotocol/client speaks ${client.getNegotiatedProtocolVersion()} with it\n`)
    const { tools } = await client.listTools()
    check("tools/list", names(tools), ["add", "greet"])
    const sum = await client.callTool({ name: "add", arguments: { a: 2, b: 3 } })
    check("tools/call add a=2 b=3", sum.structuredContent, 5)
    check("resources/read config://settings", await read("config://settings"), '{"theme":"dark"}')
    check("resources/read users://42", await read("users://42"), "This is user 42.")
    const prompt = await client.getPrompt({ name: "review", arguments: { code: "let x" } })
    check("prompts/get review code=…", prompt.messages.map(textOf), ["Review this:\nlet x"])
    const greeting = await client.callTool(
      { name: "greet" },
      { onprogress: (report) => reports.push(report.message) },
    )
    check(
      "tools/call greet",
      greeting.content.map((content) => textOf({ content })),
      ["Hello, Ada!"],
    )
    check("  on the way, it asked the user", asked, ["What is your name?"])
    // The client itself reports the round of questions first.
    check("  and reported progress", reports.at(-1), "Your name is known")
    return wrong
  } finally {
    await client.close()
  }

  async function read(uri: string): Promise<unknown> {
    const { contents } = await client.readResource({ uri })
    const [first] = contents
    return first !== undefined && "text" in first ? first.text : undefined
  }
}

function names(entries: readonly { readonly name: string }[]): readonly string[] {
  return entries.map(({ name }) => name)
}

function textOf({ content }: { readonly content: { readonly type: string } }): unknown {
  return "text" in content ? content.text : content.type
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/health`)).ok
  } catch {
    // Nothing listens there yet.
    return false
  }
}
