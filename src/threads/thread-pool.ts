import { availableParallelism } from "node:os"
import { MessageChannel, type MessagePort } from "node:worker_threads"
import type { Piscina } from "piscina"
import { assertOptions, type KnownOptions } from "../components/options.ts"
import {
  MissingPiscina,
  NotCloneable,
  ThreadCrashed,
  ThreadPoolClosed,
  ThreadQueueFull,
  ThreadWorkUnusable,
} from "../errors/threads.ts"
import { quietTimeout } from "../shared/quiet-timer.ts"
import { CancelFlag } from "./cancel-flag.ts"
import { uncarry } from "./carried-error.ts"
import type { ThreadFunctions, ThreadMessage, ThreadTask, ThreadWork } from "./thread-work.ts"
import { findUncloneable } from "./uncloneable.ts"

/** How a pool of threads works. */
export interface ThreadPoolOptions {
  /** The most threads. Default: one less than there are cores, and one at least. */
  readonly threads?: number
  /** The most calls that wait for a thread; more are refused. Default 100. */
  readonly maxQueue?: number
  /** Milliseconds after which a thread without work ends; one stays. Default 30,000. */
  readonly idleMs?: number
  /** Milliseconds that a call may go on once it is not wanted any more, before its thread is ended. Default 1,000. */
  readonly graceMs?: number
  /** The most megabytes of the heap of one thread. Default: what Node gives. */
  readonly maxHeapMb?: number
  /** Flags of Node for the threads. Default: those of the process. */
  readonly execArgv?: readonly string[]
}

/** How one function is called. The context of a handler is such options. */
export interface ThreadRunOptions {
  /** Cancels the call. Default: nothing does. */
  readonly signal?: AbortSignal
  /** Hears of progress. Default: nobody does. */
  readonly progress?: (done: number, total?: number, message?: string) => void
  /** Buffers of the argument that are handed over instead of copied. Default: none. */
  readonly transfer?: readonly (ArrayBuffer | MessagePort)[]
}

const options: KnownOptions = {
  kinds: {
    threads: "count",
    maxQueue: "size",
    idleMs: "graceMs",
    graceMs: "graceMs",
    maxHeapMb: "count",
    execArgv: "strings",
  },
}

/** Threads that run the functions of one file. */
export class ThreadPool<Functions extends ThreadFunctions = ThreadFunctions> {
  readonly #url: string
  readonly #options: ThreadPoolOptions
  readonly #threads: number
  readonly #maxQueue: number
  /** Calls that run or wait. */
  #open = 0
  #loading: Promise<Piscina> | undefined
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
    const piscina = await this.#load()
    // Not before: either may have come about meanwhile.
    signal?.throwIfAborted()
    if (this.#isClosed) throw new ThreadPoolClosed(name)
    if (this.#open >= this.#threads + this.#maxQueue) throw new ThreadQueueFull(name, this.#maxQueue)
    this.#open++
    const { port1: near, port2: port } = new MessageChannel()
    const flag = new CancelFlag()
    const task: ThreadTask = { name, args, port, flag: flag.shared }
    const end = new AbortController()
    const answered = answerOf(near, progress)
    const cancelled = whenCancelled(signal, () => {
      flag.cancel()
      near.postMessage("cancel")
      const stop = () => end.abort()
      if (flag.hasStarted) quietTimeout(stop, this.#options.graceMs ?? 1000)
      else stop()
    })
    const ended = piscina
      .run(task, { filename: this.#url, signal: end.signal, transferList: [port, ...transfer] })
      .then(
        () => answered,
        (error: unknown) => {
          throw this.#explain(error, name, args)
        },
      )
    try {
      // What the function returned was of this type before it was cloned.
      return (await Promise.race([answered, ended, cancelled.rejected])) as Awaited<
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
    const piscina = await this.#loading?.catch(() => undefined)
    await piscina?.destroy()
  }

  /** Closes the pool at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #load(): Promise<Piscina> {
    this.#loading ??= createPiscina(this.#options, this.#threads)
    return this.#loading
  }

  /** Says what a failure of the pool, not of the function, is about. */
  #explain(error: unknown, name: string, args: unknown): unknown {
    const message = error instanceof Error ? error.message : String(error)
    if (this.#isClosed) return new ThreadPoolClosed(name)
    if (isNamed(error, "DataCloneError"))
      return new NotCloneable(`The argument of \`${name}\``, findUncloneable(args, "args"), error)
    const problem = unusable(message)
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
  assertOptions("`threadPool()`", given, options)
  return new ThreadPool(work, given)
}

async function createPiscina(given: ThreadPoolOptions, threads: number): Promise<Piscina> {
  const { Piscina } = await import("piscina").catch((error: unknown) => {
    throw new MissingPiscina(error)
  })
  const { idleMs = 30_000, maxHeapMb, execArgv } = given
  const piscina = new Piscina({
    // One is started anew after a crash, so that calls that wait are not forgotten.
    minThreads: 1,
    maxThreads: threads,
    idleTimeout: idleMs,
    // What a function has left behind must not be frozen and go on in the call of somebody else.
    atomics: "disabled",
    ...(maxHeapMb && { resourceLimits: { maxOldGenerationSizeMb: maxHeapMb } }),
    ...(execArgv && { execArgv: [...execArgv] }),
  })
  // A thread that fails between calls fails nobody; another takes its place.
  piscina.on("error", () => undefined)
  return piscina
}

/** Resolves to what the function returned, or rejects with what it threw. */
function answerOf(port: MessagePort, progress: ThreadRunOptions["progress"]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    port.on("message", (message: ThreadMessage) => {
      try {
        if (message.kind === "progress") progress?.(...message.report)
        else if (message.kind === "value") resolve(message.value)
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
  signal?.addEventListener("abort", onAbort, { once: true })
  return { rejected, forget: () => signal?.removeEventListener("abort", onAbort) }
}

function unusable(message: string): { readonly what: string; readonly fix: string } | undefined {
  if (message.startsWith("No handler function exported"))
    return {
      what: "it has no default export that `threadWork()` made",
      fix: "Write `export default threadWork(import.meta.url, { … })` in it.",
    }
  if (/Unknown file extension "\.[mc]?tsx?"/.test(message))
    return {
      what: "this Node does not run TypeScript",
      fix: "Run the program with `tsx` or with Node 22.18 or later, or build it first; and let the file `export default threadWork(…)`.",
    }
  if (/Cannot find (module|package)/.test(message))
    return {
      what: message,
      fix: "Keep the file beside the built program, and give `threadWork()` its `import.meta.url`.",
    }
  return undefined
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name
}
