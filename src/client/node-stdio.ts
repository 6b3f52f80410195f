import type { Readable } from "node:stream"
import { CannotConnect, NotAnMcpServer } from "../errors/dialogue.ts"
import { clip } from "../shared/clip.ts"
import { type Carrier, chainOf } from "./carrier.ts"
import { untilEnded } from "./node-process.ts"

/** A program that speaks MCP over its standard input and output. */
export interface CommandTarget {
  /** The program, by its name or path; no shell sees it. */
  readonly command: string
  /** Its arguments. Default: none. */
  readonly args?: readonly string[] | undefined
  /** Its environment, beside what is safe to inherit: paths, home, user, shell, terminal. Default: nothing more. */
  readonly env?: { readonly [name: string]: string } | undefined
  /** The folder it runs in. Default: this process's. */
  readonly cwd?: string | undefined
}

/** What becomes of what a program writes to standard error. */
export type StderrOption = "inherit" | "ignore" | ((line: string) => void)

/** The most bytes of one message. */
const mostBytes = 64 * 1024 * 1024

/** The longest line of standard error that is told as one. */
const longestLine = 8_192

/** Starts a program and speaks with it over its standard input and output. */
export async function openCommand(target: CommandTarget, stderr: StderrOption = "inherit"): Promise<Carrier> {
  const { StdioClientTransport } = await import("@modelcontextprotocol/client/stdio")
  const { command, args = [], env, cwd } = target
  const transport = new StdioClientTransport({
    command,
    args: [...args],
    ...(env && { env: { ...env } }),
    ...(cwd !== undefined && { cwd }),
    stderr: typeof stderr === "function" ? "pipe" : stderr,
    maxBufferSize: mostBytes,
  })
  let pid: number | undefined
  const begin = transport.start.bind(transport)
  transport.start = async () => {
    await begin()
    pid = transport.pid ?? undefined
  }
  // `as`: with "pipe" it is a stream, and is there before the program is.
  if (typeof stderr === "function") eachLine(transport.stderr as Readable, stderr)
  const name = `\`${clip([command, ...args].join(" "), 200)}\``
  return {
    transport,
    name,
    kind: "stdio",
    explain(error) {
      const code = chainOf(error)
        .map((each) => Reflect.get(Object(each), "code"))
        .find((each) => each === "ENOENT" || each === "EACCES")
      if (code === undefined)
        return new NotAnMcpServer(`${name} ended, or did not speak MCP.`, {
          fix: "Run it by itself to see what it says; it must write nothing but messages to standard output.",
          cause: error,
        })
      const what =
        code === "ENOENT"
          ? `There is no program \`${clip(command)}\``
          : `\`${clip(command)}\` may not be executed`
      return new CannotConnect(`${what}.`, { fix: "Install it, or write its whole path.", cause: error })
    },
    async close() {
      await transport.close()
      // Where the SDK gave up connecting it closes by itself, and waits for nothing.
      if (pid !== undefined) await untilEnded(pid)
    },
  }
}

/** Calls back with each line of a stream; a line that is longer than anybody reads comes in parts. */
function eachLine(stream: Readable, onLine: (line: string) => void): void {
  let rest = ""
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = `${rest}${chunk}`.split("\n")
    rest = lines.pop() ?? ""
    for (const line of lines) onLine(line.replace(/\r$/, ""))
    if (rest.length < longestLine) return
    onLine(rest)
    rest = ""
  })
  stream.on("end", () => {
    if (rest !== "") onLine(rest)
  })
}
