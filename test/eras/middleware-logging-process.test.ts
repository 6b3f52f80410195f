import { spawn } from "node:child_process"
import { once } from "node:events"
import { text } from "node:stream/consumers"
import { expect, it, onTestFinished } from "vitest"

const program = "test/eras/fixtures/logging.ts"

it("a logged server writes messages alone to standard output, and lines to standard error", {
  timeout: 30_000,
}, async () => {
  const child = spawn(process.execPath, ["--import", "tsx", program], { stdio: "pipe" })
  onTestFinished(() => void child.kill("SIGKILL"))
  const exited = once(child, "exit")
  const written = Promise.all([text(child.stdout), text(child.stderr)])
  const params = {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "a\nb", version: "1" },
  }
  for (const message of [
    { id: 1, method: "initialize", params },
    { method: "notifications/initialized" },
    { id: 2, method: "tools/call", params: { name: "greet", arguments: { a: "\n{}\n" } } },
  ])
    child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`)
  child.stdin.end()
  const [out, error] = await written
  await exited
  const messages = out.trim().split("\n")
  expect(messages.map((line) => JSON.parse(line).jsonrpc)).toEqual(["2.0", "2.0"])
  const lines = error.trim().split("\n")
  const records = lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line))
  // A notification and the call after it are worked on at once.
  expect(records.map(({ event, method }) => `${event} ${method}`).toSorted()).toEqual([
    "notification notifications/initialized",
    "request initialize",
    "request tools/call",
    "start initialize",
    "start tools/call",
  ])
  expect(lines.filter((line) => line.startsWith("[fleetmcp] "))).toHaveLength(3)
  expect(lines).toHaveLength(8)
})
