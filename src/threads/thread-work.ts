import { type MessagePort, receiveMessageOnPort } from "node:worker_threads"
import { NotCloneable, UnknownThreadFunction } from "../errors/threads.ts"
import { nearestName } from "../shared/nearest-name.ts"
import { type CarriedError, carry } from "./carried-error.ts"
import { SharedCall } from "./shared-call.ts"
import { findUncloneable } from "./uncloneable.ts"

/** What a function on a thread can do besides computing. */
export interface ThreadContext {
  /** Aborted when the call is not wanted any more. A loop without `await` may look at `signal.aborted`, too. */
  readonly signal: AbortSignal
  /** Reports progress to whoever called. */
  readonly progress: (done: number, total?: number, message?: string) => void
  /** Hands buffers of the result over instead of copying them. */
  readonly transfer: (...buffers: readonly (ArrayBuffer | MessagePort)[]) => void
}

/** Functions by name. Each takes one argument of any type that can be cloned, and the {@link ThreadContext}. */
export interface ThreadFunctions {
  readonly [name: string]: (args: never, thread: ThreadContext) => unknown
}

/** Functions that run on threads, and the file they are in. */
export interface ThreadWork<Functions extends ThreadFunctions = ThreadFunctions> {
  /** Runs one of them; called on a thread. */
  (task: ThreadTask): Promise<unknown>
  /** The `import.meta.url` of the file. */
  readonly url: string
  /** Only for inference. Never there. */
  readonly types?: Functions
}

/** What work returns once it has sent its answer, and no other function does. */
export const answered = "fleetmcp: answered"

/** One call of a function, as it is sent to a thread. */
export interface ThreadTask {
  readonly name: string
  /** Where the argument waits, and where reports and the answer go. */
  readonly port: MessagePort
  readonly memory: Int32Array<SharedArrayBuffer>
  /** Whether anybody hears of progress. */
  readonly isHeard: boolean
}

type Report = readonly [done: number, total: number | undefined, message: string | undefined]

/** What a thread sends back. */
export type ThreadMessage =
  | { readonly kind: "progress"; readonly report: Report }
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "error"; readonly error: CarriedError }

/**
 * Makes functions that can run on threads, the default export of a file of their own.
 *
 * @param url `import.meta.url` of that file.
 * @param functions Each gets its one argument and a {@link ThreadContext}; both arguments and results are cloned.
 * @see https://developer.mozilla.org/en-US/docs/Web/API/Web_Workers_API/Structured_clone_algorithm
 * @example
 * export default threadWork(import.meta.url, {
 *   sum({ below }: { below: number }, { signal }) {
 *     let sum = 0
 *     for (let n = 0; n < below && !signal.aborted; n++) sum += n
 *     return sum
 *   },
 * })
 */
export function threadWork<const Functions extends ThreadFunctions>(
  url: string,
  functions: Functions,
): ThreadWork<Functions> {
  return Object.assign((task: ThreadTask) => runTask(functions, task), { url })
}

/** Runs one call and sends back what comes of it. */
async function runTask(functions: ThreadFunctions, task: ThreadTask): Promise<typeof answered> {
  const { name, port } = task
  const buffers: (ArrayBuffer | MessagePort)[] = []
  const send = (message: ThreadMessage) => port.postMessage(message, buffers)
  try {
    const call = new SharedCall(task.memory)
    call.start()
    const args: unknown = receiveMessageOnPort(port)?.message
    port.on("message", () => call.look())
    // Nothing but the call itself keeps a thread.
    port.unref()
    const reports = new Reports(task, call)
    const thread: ThreadContext = {
      signal: call.signal,
      progress: (done, total, message) => reports.add([done, total, message]),
      transfer: (...more) => void buffers.push(...more),
    }
    const value = await functionOf(functions, name)(args as never, thread)
    reports.sendLast()
    sendValue(name, value, send)
  } catch (error) {
    buffers.length = 0
    send({ kind: "error", error: carry(error) })
  } finally {
    port.close()
  }
  return answered
}

/** The reports of one call. Those that nobody has time for are left out, but for the last. */
class Reports {
  readonly #task: ThreadTask
  readonly #call: SharedCall
  #last: Report | undefined

  constructor(task: ThreadTask, call: SharedCall) {
    this.#task = task
    this.#call = call
  }

  add(report: Report): void {
    if (!this.#task.isHeard) return
    this.#last = report
    if (this.#call.takeReport()) this.sendLast()
  }

  sendLast(): void {
    if (this.#last !== undefined) this.#task.port.postMessage({ kind: "progress", report: this.#last })
    this.#last = undefined
  }
}

function functionOf(functions: ThreadFunctions, name: string): ThreadFunctions[string] {
  const found = Object.hasOwn(functions, name) ? functions[name] : undefined
  if (found === undefined) throw new UnknownThreadFunction(name, nearestName(name, Object.keys(functions)))
  return found
}

function sendValue(name: string, value: unknown, send: (message: ThreadMessage) => void): void {
  try {
    send({ kind: "value", value })
  } catch (cause) {
    throw new NotCloneable(`What \`${name}\` returned`, findUncloneable(value, "result"), cause)
  }
}
