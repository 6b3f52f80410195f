import { PassThrough } from "node:stream"
import { onTestFinished } from "vitest"
import type { FleetMCP } from "../../src/fleet-mcp.ts"
import { type RunningStdio, type StdioOptions, serveStdio } from "../../src/stdio/serve-stdio.ts"

/** A message that a server wrote. */
export interface Written {
  readonly id?: unknown
  readonly method?: string
  readonly [field: string]: unknown
}

/** A client over streams of this process that says whatever a test likes. */
export interface Speaker {
  readonly input: PassThrough
  readonly output: PassThrough
  readonly running: RunningStdio
  /** Writes a line: a text as it is, anything else as JSON. */
  send(message: unknown): void
  /** All that came so far. */
  messages(): readonly Written[]
  /** Resolves to the first message of a kind when it has come. */
  until(holds: (message: Written) => boolean): Promise<Written>
}

/** Serves over streams of this process until the test is over. */
export function speak(mcp: FleetMCP, options: StdioOptions = {}): Speaker {
  const input = new PassThrough()
  const output = new PassThrough()
  const running = serveStdio(mcp.handler, { log: () => undefined, ...options, input, output })
  onTestFinished(() => running.close(0))
  let text = ""
  let notice: () => void = () => undefined
  output.setEncoding("utf8").on("data", (chunk) => {
    text += chunk
    notice()
  })
  const messages = (): readonly Written[] =>
    text
      .slice(0, text.lastIndexOf("\n") + 1)
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  return {
    input,
    output,
    running,
    messages,
    send: (message) =>
      void input.write(`${typeof message === "string" ? message : JSON.stringify(message)}\n`),
    until: (holds) =>
      new Promise((resolve) => {
        notice = () => {
          const found = messages().find(holds)
          if (found !== undefined) resolve(found)
        }
        notice()
      }),
  }
}
