import type { Readable } from "node:stream"
import { untilEnded } from "../../client/node-process.ts"
import { CannotConnect, NotAnMcpServer } from "../../errors/dialogue.ts"
import { clip } from "../../shared/clip.ts"
import type { TargetOptions } from "../target-options.ts"
import { type Carrier, type Host, systemCode } from "./carrier.ts"

interface Program {
  readonly command: string
  readonly args: readonly string[]
}

/** The most bytes of one message. */
const mostBytes = 64 * 1024 * 1024

/** What is kept of what a program wrote to standard error, to say why it ended. */
const keptLines = 50

/** Starts a program and speaks with it over its standard input and output. */
export async function openCommand(program: Program, options: TargetOptions, host: Host): Promise<Carrier> {
  const { StdioClientTransport } = await import("@modelcontextprotocol/client/stdio")
  const { command, args } = program
  const transport = new StdioClientTransport({
    command,
    args: [...args],
    env: options.env,
    stderr: "pipe",
    maxBufferSize: mostBytes,
  })
  let pid: number | undefined
  const begin = transport.start.bind(transport)
  transport.start = async () => {
    await begin()
    pid = transport.pid ?? undefined
  }
  const last: string[] = []
  // `as`: with "pipe" it is a stream, and is there before the program is.
  eachLine(transport.stderr as Readable, (line) => {
    last.push(line)
    if (last.length > keptLines) last.shift()
    host.onProgramLine(line)
  })
  const name = clip([command, ...args].join(" "), 200)
  return {
    transport,
    name,
    hasHeaders: false,
    explain(error) {
      const code = systemCode(error)
      if (code === "ENOENT")
        return new CannotConnect(`There is no program \`${clip(command)}\`.`, {
          fix: command.includes(" ")
            ? "Write the words of a command apart, or all of them in `--command`."
            : "Install it, or write its whole path.",
          cause: error,
        })
      if (code === "EACCES")
        return new CannotConnect(`\`${clip(command)}\` may not be executed.`, {
          fix: "Start what executes it, such as `node`.",
          cause: error,
        })
      // What was shown already is not said again.
      const words = options.quiet === true ? lastWords(last) : ""
      return new NotAnMcpServer(`\`${name}\` ended, or did not speak MCP.${words}`, {
        fix: "Run it by itself to see what it says; it must write nothing but messages to standard output.",
        cause: error,
      })
    },
    async close() {
      await transport.close()
      // Where the SDK gave up connecting it closes by itself, and waits for nothing.
      if (pid !== undefined) await untilEnded(pid)
    },
  }
}

function lastWords(lines: readonly string[]): string {
  const telling =
    lines.findLast((line) => /error/i.test(line)) ?? lines.findLast((line) => line.trim() !== "")
  return telling === undefined ? "" : ` It said: ${clip(telling.trim(), 400)}`
}

/** Calls back with each line of a stream; a line that is longer than anybody reads comes in parts. */
function eachLine(stream: Readable, onLine: (line: string) => void): void {
  let rest = ""
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = `${rest}${chunk}`.split("\n")
    rest = lines.pop() ?? ""
    for (const line of lines) onLine(line.replace(/\r$/, ""))
    if (rest.length < 8_192) return
    onLine(rest)
    rest = ""
  })
  stream.on("end", () => {
    if (rest !== "") onLine(rest)
  })
}
