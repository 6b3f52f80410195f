import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { once } from "node:events"
import { onTestFinished } from "vitest"

/** What a command printed, and what it ended with. */
export interface Ended {
  readonly stdout: string
  readonly stderr: string
  readonly code: number | null
}

/** A command that runs. */
export interface Running {
  readonly child: ChildProcessWithoutNullStreams
  /** What it printed so far. */
  readonly texts: { stdout: string; stderr: string }
  readonly ended: Promise<Ended>
  /** Resolves when a text was printed. */
  until(name: "stdout" | "stderr", pattern: RegExp): Promise<void>
}

/** The server of these tests. */
export const server = "test/cli/fixtures/server.ts"

const program = ["--import", "tsx", "src/cli/bin.ts"]

/** Starts the command line from its source. */
export function start(args: readonly string[], env: { readonly [name: string]: string } = {}): Running {
  return follow(process.execPath, [...program, ...args], env)
}

/** Starts it at a terminal of 80 columns, which has only one output. */
export function startAtTerminal(args: readonly string[]): Running {
  const line = [process.execPath, ...program, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`)
  return follow("script", ["-qec", `stty cols 80 rows 50; ${line.join(" ")}`, "/dev/null"], {
    TERM: "xterm-256color",
  })
}

/** Runs the command line to its end. */
export function fleetmcp(...args: readonly string[]): Promise<Ended> {
  const running = start(args)
  running.child.stdin.end()
  return running.ended
}

function follow(command: string, args: readonly string[], env: { readonly [name: string]: string }): Running {
  const child = spawn(command, args, { stdio: "pipe", env: { ...process.env, ...env } })
  onTestFinished(() => void child.kill("SIGKILL"))
  const texts = { stdout: "", stderr: "" }
  let notice: () => void = () => undefined
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      texts[name] += text
      notice()
    })
  }
  return {
    child,
    texts,
    ended: once(child, "close").then(([code]) => ({ ...texts, code })),
    until: (name, pattern) =>
      new Promise((resolve) => {
        notice = () => {
          if (pattern.test(texts[name])) resolve()
        }
        notice()
      }),
  }
}
