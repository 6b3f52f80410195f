import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import type { Ports, Question, Report, Stats } from "./server.ts"

/** The process under attack. */
export interface Target {
  readonly ports: Ports
  /** How it ended, if it has. */
  readonly death: string | undefined
  /** Asks it how it is; rejects when it does not say in time. */
  stats(): Promise<Stats>
  /** Lets sessions grow old that nobody uses, and asks it how it is then. */
  age(): Promise<Stats>
  stop(): Promise<void>
}

/** How long the process may take to say how it is, in milliseconds. */
const answerMs = 20_000

/** Starts the servers in a process of their own. */
export async function startTarget(): Promise<Target> {
  const file = fileURLToPath(new URL("server.ts", import.meta.url))
  const child = spawn(process.execPath, ["--expose-gc", "--import", "tsx", file], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  })
  const { ready } = await next(child, (report) => ("ready" in report ? report : undefined))
  function ask(question: Question): Promise<Stats> {
    const answer = next(child, (report) => ("stats" in report ? report.stats : undefined))
    if (child.connected) child.send(question)
    return answer
  }
  return {
    ports: ready,
    get death() {
      const { exitCode, signalCode } = child
      return exitCode === null && signalCode === null ? undefined : `it ended with ${signalCode ?? exitCode}`
    },
    stats: () => ask("stats"),
    age: () => ask("age"),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, "exit")
      child.kill("SIGKILL")
      await gone
    },
  }
}

/** Resolves to the next report of a kind. */
function next<T>(child: ChildProcess, read: (report: Report) => T | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      clearTimeout(timer)
      child.off("message", onMessage)
      child.off("exit", onExit)
      finish()
    }
    const onMessage = (report: Report) => {
      const value = read(report)
      if (value !== undefined) settle(() => resolve(value))
    }
    const onExit = (code: number | null, signal: string | null) =>
      settle(() => reject(new Error(`the process ended with ${signal ?? code}`)))
    const timer = setTimeout(() => settle(() => reject(new Error("the process does not answer"))), answerMs)
    child.on("message", onMessage)
    child.on("exit", onExit)
  })
}
