import { Worker } from "node:worker_threads"
import { assertOptions } from "../components/options.ts"
import { MissingQuickjs, SandboxFailed } from "../errors/code-mode.ts"
import { Overloaded } from "../errors/limits.ts"
import { CallAborted } from "../errors/protocol.ts"
import { quietTimeout } from "../shared/quiet-timer.ts"
import type { FromThread, ToThread } from "./quickjs-thread.ts"
import type { Sandbox, SandboxResult, SandboxRun } from "./sandbox.ts"

export type { Sandbox, SandboxLimits, SandboxResult, SandboxRun } from "./sandbox.ts"

/** How many programs run. */
export interface QuickjsOptions {
  /** How many run at once, each on a thread of its own. Default 4. */
  readonly threads?: number
  /** How many may wait for a thread. Default 100. */
  readonly maxQueue?: number
}

/**
 * Makes the sandbox that runs programs in QuickJS, compiled to WebAssembly, on a thread of its own for each: a program that
 * cannot be interrupted is ended with its thread, and no program holds up the server. Needs `node:worker_threads`.
 *
 * @param options Default: `{ threads: 4, maxQueue: 100 }`.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} An option has a value that it cannot have.
 * @see https://bellard.org/quickjs/
 * @example
 * const mcp = new FleetMCP("Demo", { transforms: [codeMode({ sandbox: quickjsSandbox({ threads: 2 }) })] })
 */
export function quickjsSandbox(options: QuickjsOptions = {}): Sandbox {
  assertOptions("`quickjsSandbox()`", options, { kinds: { threads: "count", maxQueue: "size" } })
  const { threads = 4, maxQueue = 100 } = options
  const queue: (() => void)[] = []
  let running = 0

  async function enter(signal: AbortSignal): Promise<void> {
    if (running < threads) {
      running++
      return
    }
    if (queue.length >= maxQueue) throw new Overloaded("Too many programs run and wait.", 1000)
    // Whoever leaves hands on the place, so that `running` stays as it is.
    await new Promise<void>((resolve, reject) => {
      const go = () => {
        signal.removeEventListener("abort", leave)
        resolve()
      }
      const leave = () => {
        queue.splice(queue.indexOf(go), 1)
        reject(new CallAborted("cancel"))
      }
      signal.addEventListener("abort", leave, { once: true })
      queue.push(go)
    })
  }

  return {
    async run(code, given) {
      if (given.signal.aborted) throw new CallAborted("cancel")
      await enter(given.signal)
      try {
        return await runOnThread(code, given)
      } finally {
        const next = queue.shift()
        if (next === undefined) running--
        else next()
      }
    },
  }
}

/** How long a thread may take to start and to say that it ended, beyond the time of the program. */
const graceMs = 2_000

/** The sources are run by tests only, with what reads TypeScript there. */
const isSource = /* @__PURE__ */ import.meta.url.endsWith(".ts")

function openThread(memoryMb: number): Worker {
  const options = {
    // Nothing of the process is for a program, should it ever get out of its world.
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb + 64, stackSizeMb: 8 },
  }
  // By its name, since this file is built into another; and a file of its own, which a thread begins with.
  if (!isSource) return new Worker(new URL(import.meta.resolve("#quickjs-thread")), options)
  const file = JSON.stringify(new URL("./quickjs-thread.ts", import.meta.url).href)
  const start = `import("tsx/esm/api").then(({ register }) => { register(); return import(${file}) })`
  return new Worker(start, { ...options, eval: true })
}

function runOnThread(
  code: string,
  { callTool, limits, signal, now, seed }: SandboxRun,
): Promise<SandboxResult> {
  const thread = openThread(limits.memoryMb)
  const tell = (message: ToThread) => thread.postMessage(message)
  return new Promise<SandboxResult>((settle, fail) => {
    const resolve = (value: SandboxResult) => {
      over()
      settle(value)
    }
    const reject = (error: unknown) => {
      over()
      fail(error)
    }
    let stopBusy: () => void = () => undefined
    const slow = (what: string) => resolve({ ok: false, error: what, logs: [] })
    const tooLong = () => slow(`The program computed for more than ${limits.cpuMs} ms. Do less in it.`)
    const stopClock = quietTimeout(
      () => slow(`The program took more than ${limits.wallMs} ms.`),
      limits.wallMs,
    )
    const leave = () => reject(new CallAborted("cancel"))
    const over = () => {
      stopBusy()
      stopClock()
      signal.removeEventListener("abort", leave)
      thread.removeAllListeners()
      thread.on("error", () => undefined)
      void thread.terminate()
    }
    signal.addEventListener("abort", leave, { once: true })
    thread.on("error", (error) => {
      const isFull = (error as { readonly code?: string }).code === "ERR_WORKER_OUT_OF_MEMORY"
      if (isFull) slow(`The program used more than ${limits.memoryMb} MB.`)
      else reject(new SandboxFailed("its thread ended", error))
    })
    thread.on("exit", () => reject(new SandboxFailed("its thread ended")))
    thread.on("message", (message: FromThread) => {
      if (message.kind === "done") resolve(message.result)
      else if (message.kind === "missing") reject(new MissingQuickjs(message.message))
      else if (message.kind === "busy") {
        stopBusy()
        stopBusy = message.isBusy ? quietTimeout(tooLong, limits.cpuMs + graceMs) : () => undefined
      } else answer(message, callTool).then(tell, reject)
    })
    tell({ kind: "run", program: { code, limits, now, seed } })
  })
}

async function answer(
  { id, text }: Extract<FromThread, { kind: "call" }>,
  callTool: SandboxRun["callTool"],
): Promise<ToThread> {
  try {
    // The world of the program wrote it, which the program may have spoilt.
    const [name, args] = JSON.parse(text) as readonly unknown[]
    if (typeof name !== "string" || typeof args !== "object" || args === null || Array.isArray(args))
      throw new TypeError("callTool(name, args) takes a name and an object")
    const value = await callTool(name, args as { readonly [name: string]: unknown })
    return { kind: "answer", id, ok: true, text: JSON.stringify(value) ?? "null" }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { kind: "answer", id, ok: false, text: JSON.stringify(message) }
  }
}
