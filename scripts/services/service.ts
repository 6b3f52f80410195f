import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { end } from "../tools/child.ts"

/** A server that tests talk to, with a folder of its own. */
export interface Service {
  /** Where it listens, with user and password. */
  readonly url: string
  /** Ends it as a crash would. */
  crash(): Promise<void>
  /** Starts it again after a crash, at the same address with the same data. */
  start(): Promise<void>
  /** Has it do nothing, without closing anything, until what is returned is called. */
  freeze(): () => void
  /** Ends it and deletes its data. */
  stop(): Promise<void>
}

/** How the program of a service is run. */
export interface Program {
  readonly command: string
  readonly args: readonly string[]
  readonly options?: SpawnOptions
  /** What it prints when it can be used. */
  readonly ready: RegExp
  /** What ends it at once. */
  readonly crash: NodeJS.Signals
}

/** Makes the folder of a service. */
export function dataFolder(): string {
  return mkdtempSync(join(tmpdir(), "fleetmcp-service-"))
}

/** Runs a program as a service, whose data lies in a folder. Resolves when it can be used. */
export async function runService(url: string, folder: string, program: Program): Promise<Service> {
  let child = await started(program)
  const kill = () => child.kill("SIGKILL")
  process.once("exit", kill)
  return {
    url,
    async crash() {
      const ended = new Promise((resolve) => child.once("exit", resolve))
      child.kill(program.crash)
      await ended
    },
    async start() {
      child = await started(program)
    },
    freeze() {
      child.kill("SIGSTOP")
      return () => child.kill("SIGCONT")
    },
    async stop() {
      process.off("exit", kill)
      await end(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function started({ command, args, options, ready }: Program): Promise<ChildProcess> {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] })
  let said = ""
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      said = (said + chunk).slice(-10_000)
      if (ready.test(said)) resolve()
    }
    child.stdout?.on("data", hear)
    child.stderr?.on("data", hear)
    child.once("error", reject)
    child.once("exit", (code) =>
      reject(new Error(`\`${command}\` ended with ${code} before it was ready:\n${said}`)),
    )
  })
  return child
}
