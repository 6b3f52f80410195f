import { setMaxListeners } from "node:events"
import { availableParallelism } from "node:os"
import { MessageChannel, type MessagePort } from "node:worker_threads"
import { assertOptions } from "../components/options.ts"
import {
  NotCloneable,
  ThreadCrashed,
  ThreadPoolClosed,
  ThreadQueueFull,
  ThreadWorkUnusable,
} from "../errors/threads.ts"
import { quietTimeout } from "../shared/quiet-timer.ts"
import { uncarry } from "./carried-error.ts"
import { SharedCall } from "./shared-call.ts"
import { knownOptions, type ThreadPoolOptions } from "./thread-pool-options.ts"
import {
  answered,
  type ThreadFunctions,
  type ThreadMessage,
  type ThreadTask,
  type ThreadWork,
} from "./thread-work.ts"
import { startThreads, type Threads } from "./threads.ts"
import { findUncloneable, isCloneable } from "./uncloneable.ts"

/** How one function is called. The context of a handler is such options. */
export interface ThreadRunOptions {
  /** Cancels the call. Default: nothing does. */
  readonly signal?: AbortSignal
  /** Hears of progress. Default: nobody does. */
  readonly progress?: (done: number, total?: number, message?: string) => void
  /** Buffers of the argument that are handed over instead of copied. Default: none. */
  readonly transfer?: readonly (ArrayBuffer | MessagePort)[]
}

/** Threads that run the functions of one file. */
export class ThreadPool<Functions extends ThreadFunctions = ThreadFunctions> {
  readonly #url: string
  readonly #options: ThreadPoolOptions
  readonly #threads: number
  readonly #maxQueue: number
  /** Calls that run or wait. */
  #open = 0
  #loading: Promise<Threads> | undefined
  /** Whether a function has ever run: the file is fit for it. */
  #hasStarted = false
  #isClosed = false

  /** @internal */
  constructor(work: ThreadWork<Functions>, given: ThreadPoolOptions) {
    this.#url = work.url
    this.#options = given
    this.#threads = given.threads ?? Math.max(1, availableParallelism() - 1)
    this.#maxQueue = given.maxQueue ?? 100
  }

  /**
   * Runs a function on a thread. What the function throws is thrown here: a `ToolError` is one on this side, too.
   *
   * @param name Which one.
   * @param args Its argument, which is cloned.
   * @param run `signal`, `progress` and `transfer`: the context of a handler, for one. Default: none.
   * @throws {ThreadQueueFull} `maxQueue` calls wait already.
   * @throws {ThreadCrashed} Its thread ended meanwhile.
   * @throws {NotCloneable} FLEET-12: the argument or the result cannot be sent to another thread.
   * @throws {ThreadWorkUnusable} The file cannot be loaded on a thread.
   * @throws {MissingPiscina} The package `piscina` is not installed.
   * @throws {ThreadPoolClosed} The pool is closed.
   * @example
   * const pool = threadPool(threadWork(import.meta.url, { double: (n: number) => 2 * n }))
   * mcp.tool({ name: "answer" }, (_, ctx) => pool.run("double", 21, ctx))
   */
  async run<Name extends keyof Functions & string>(
    name: Name,
    args: Parameters<Functions[Name]>[0],
    run: ThreadRunOptions = {},
  ): Promise<Awaited<ReturnType<Functions[Name]>>> {
    const { signal, progress, transfer = [] } = run
    signal?.throwIfAborted()
    if (this.#isClosed) throw new ThreadPoolClosed(name)
    if (this.#open >= this.#threads + this.#maxQueue) throw new ThreadQueueFull(name, this.#maxQueue)
    const { port1: near, port2: port } = new MessageChannel()
    sendArgs(near, { name, args, transfer })
    this.#open++
    const call = new SharedCall()
    const end = new AbortController()
    const answer = answerOf(near, call, progress)
    const cancelled = whenCancelled(signal, () => {
      call.cancel()
      near.postMessage("cancel")
      const stop = () => end.abort()
      if (call.hasStarted) quietTimeout(stop, this.#options.graceMs ?? 1000)
      else stop()
    })
    const task = { name, port, memory: call.memory, isHeard: progress !== undefined }
    const ended = this.#start(task, call, end.signal)
    try {
      // What the function returned was of this type before it was cloned.
      return (await Promise.race([answer, ended.then(() => answer), cancelled.rejected])) as Awaited<
        ReturnType<Functions[Name]>
      >
    } finally {
      cancelled.forget()
      // A call that nobody waits for any more has its thread until it ends.
      ended
        .catch(() => undefined)
        .finally(() => {
          this.#open--
          near.close()
        })
    }
  }

  /**
   * Ends the threads, and the calls that run or wait.
   *
   * @example
   * const pool = threadPool(threadWork(import.meta.url, { double: (n: number) => 2 * n }))
   * await mcp.close()
   * await pool.close()
   */
  async close(): Promise<void> {
    this.#isClosed = true
    const threads = await this.#loading?.catch(() => undefined)
    await threads?.close()
  }

  /** Closes the pool at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Runs one call to its end. */
  async #start(task: ThreadTask, call: SharedCall, signal: AbortSignal): Promise<void> {
    const threads = await this.#load()
    if (this.#isClosed) throw new ThreadPoolClosed(task.name)
    const answer = await threads.run(task, { url: this.#url, signal }).catch((error: unknown) => {
      this.#hasStarted ||= call.hasStarted
      throw this.#explain(task.name, error)
    })
    // Any function may be the default export of a file; this one has answered.
    if (answer !== answered) throw new ThreadWorkUnusable(this.#url, noWork)
    this.#hasStarted = true
  }

  #load(): Promise<Threads> {
    this.#loading ??= startThreads(this.#options, this.#threads, () => {
      this.#loading = undefined
    })
    return this.#loading
  }

  /** Says what a failure of the pool, not of the function, is about. */
  #explain(name: string, error: unknown): unknown {
    if (this.#isClosed) return new ThreadPoolClosed(name)
    const problem = unusable(messageOf(error), this.#hasStarted)
    if (problem !== undefined) return new ThreadWorkUnusable(this.#url, { ...problem, cause: error })
    return new ThreadCrashed(name, error)
  }
}

/**
 * Makes a pool of threads for the functions of a file; threads start when they are first needed, and keep no process.
 *
 * @param work What `threadWork()` made, the default export of that file.
 * @param given `threads`, `maxQueue`, `idleMs`, `graceMs`, `maxHeapMb` and `execArgv`.
 * @throws {UnknownOption} FLEET-09: an option does not exist.
 * @throws {InvalidOption} An option has a value that cannot be meant.
 * @see https://nodejs.org/api/worker_threads.html
 * @example
 * const work = threadWork(import.meta.url, { double: (n: number) => 2 * n }) // imported from a file of its own
 * const pool = threadPool(work, { threads: 2 })
 */
export function threadPool<Functions extends ThreadFunctions>(
  work: ThreadWork<Functions>,
  given: ThreadPoolOptions = {},
): ThreadPool<Functions> {
  assertOptions("`threadPool()`", given, knownOptions)
  return new ThreadPool(work, given)
}

interface Argument {
  readonly name: string
  readonly args: unknown
  readonly transfer: readonly (ArrayBuffer | MessagePort)[]
}

/** Sends the argument ahead, as it is now: the call may have to wait, and its caller goes on. */
function sendArgs(port: MessagePort, { name, args, transfer }: Argument): void {
  try {
    port.postMessage(args, transfer)
  } catch (error) {
    port.close()
    // What else is wrong is what should be handed over.
    if (!isNamed(error, "DataCloneError") || isCloneable(args)) throw error
    throw new NotCloneable(`The argument of \`${name}\``, findUncloneable(args, "args"), error)
  }
}

/** Resolves to what the function returned, or rejects with what it threw. */
function answerOf(
  port: MessagePort,
  call: SharedCall,
  progress: ThreadRunOptions["progress"],
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    // Not to be read on this side, for want of memory for example.
    port.on("messageerror", reject)
    port.on("message", (message: ThreadMessage) => {
      try {
        if (message.kind === "progress") {
          call.hearReport()
          progress?.(...message.report)
        } else if (message.kind === "value") resolve(message.value)
        else reject(uncarry(message.error))
      } catch (error) {
        // What `progress` throws, of numbers that are none, must not end the process.
        reject(error)
      }
    })
  })
}

function whenCancelled(
  signal: AbortSignal | undefined,
  cancel: () => void,
): { readonly rejected: Promise<never>; readonly forget: () => void } {
  let onAbort: () => void = () => undefined
  const rejected = new Promise<never>((_, reject) => {
    onAbort = () => {
      cancel()
      reject(signal?.reason)
    }
  })
  // A handler may split its work into many calls, which all end with it.
  if (signal !== undefined) setMaxListeners(0, signal)
  signal?.addEventListener("abort", onAbort, { once: true })
  return { rejected, forget: () => signal?.removeEventListener("abort", onAbort) }
}

interface Problem {
  readonly what: string
  readonly fix: string
}

const noWork: Problem = {
  what: "it has no default export that `threadWork()` made",
  fix: "Write `export default threadWork(import.meta.url, { … })` in it.",
}

/** Says what is wrong with the file, by what became of a call; `undefined` where it is not the file. */
function unusable(message: string, hasStarted: boolean): Problem | undefined {
  // A file that was loaded before can be.
  if (hasStarted) return undefined
  if (message.startsWith("No handler function exported")) return noWork
  if (/Unknown file extension "\.[mc]?tsx?"/.test(message))
    return {
      what: "this Node does not run TypeScript",
      fix: 'Give the pool `execArgv: ["--import", "tsx"]`, or run the program with Node 22.18 or later, or build it first.',
    }
  if (/Cannot find (module|package)/.test(message))
    return {
      what: message,
      fix: "Keep the file beside the built program, and give `threadWork()` its `import.meta.url`.",
    }
  return {
    what: `a thread that loads it fails: ${message}`,
    fix: "Keep the functions in a file of their own, which starts no server, and mend what it throws.",
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name
}
