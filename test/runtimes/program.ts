import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { inject, onTestFinished } from "vitest"

export interface Program {
  readonly child: ChildProcess
  /** All that it said so far. */
  readonly said: { readonly stdout: string; readonly stderr: string }
  /** Its exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals | null>
  /** Resolves to the match when it has said something that matches, on either stream; rejects when it ends before. */
  until(pattern: RegExp): Promise<RegExpExecArray>
  send(message: unknown): void
  stop(): Promise<void>
}

export interface ProgramOptions {
  readonly env?: NodeJS.ProcessEnv
}

/** Starts a program in the folder of the consumer. */
export function start(command: string, args: readonly string[], { env }: ProgramOptions = {}): Program {
  const child = spawn(command, args, {
    cwd: inject("consumer"),
    // Nothing of the variables that test runners set: the programs are no tests.
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: "1", ...env },
    stdio: "pipe",
  })
  const said = { stdout: "", stderr: "" }
  const notices = new Set<() => void>()
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] += text
      for (const notice of notices) notice()
    })
  }
  child.stdin.on("error", () => undefined)
  // After its streams, so that all that it said has been read.
  const exited = once(child, "close").then(([code, signal]) => code ?? signal)
  const until = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const notice = () => {
        const match = pattern.exec(said.stdout) ?? pattern.exec(said.stderr)
        if (match !== null) resolve(match)
      }
      notices.add(notice)
      notice()
      void exited.then((code) =>
        reject(new Error(`It ended (${code}) before it said ${pattern}:\n${said.stdout}${said.stderr}`)),
      )
    })
  return {
    child,
    said,
    exited,
    until,
    send: (message) => void child.stdin.write(`${JSON.stringify(message)}\n`),
    stop: async () => {
      child.kill("SIGKILL")
      await exited
    },
  }
}

/** {@link start}, until the test ends. */
export function startForTest(command: string, args: readonly string[], options?: ProgramOptions): Program {
  const program = start(command, args, options)
  onTestFinished(() => program.stop())
  return program
}
