import { clip } from "../shared/clip.ts"
import { FleetError } from "./fleet-error.ts"

/** The package that runs threads is not installed. */
export class MissingPiscina extends FleetError {
  readonly code = "MISSING_PISCINA"
  constructor(cause: unknown) {
    super("`fleetmcp/threads` needs the package `piscina`, which cannot be loaded.", {
      fix: "Run `npm install piscina`.",
      cause,
    })
  }
}

/** A file of work for threads cannot be loaded, or exports none. */
export class ThreadWorkUnusable extends FleetError {
  readonly code = "THREAD_WORK_UNUSABLE"
  constructor(
    url: string,
    problem: { readonly what: string; readonly fix: string; readonly cause?: unknown },
  ) {
    super(`The work for threads in \`${url}\` cannot be used: ${problem.what}.`, problem)
  }
}

/** The work has no such function. */
export class UnknownThreadFunction extends FleetError {
  readonly code = "UNKNOWN_THREAD_FUNCTION"
  constructor(name: string, near: string | undefined) {
    super(`The work for threads has no function \`${clip(name)}\`.`, {
      fix: near === undefined ? "Add it to what `threadWork()` is given." : `Use \`${near}\`.`,
    })
  }
}

/** More calls wait for a thread than may. */
export class ThreadQueueFull extends FleetError {
  readonly code = "THREAD_QUEUE_FULL"
  constructor(name: string, maxQueue: number) {
    super(`\`${clip(name)}\` was not called: ${maxQueue} calls wait for a thread already.`, {
      fix: "Try again later; or give the pool more `threads`, or a longer queue by `maxQueue`.",
    })
  }
}

/** A thread ended while it ran a call. */
export class ThreadCrashed extends FleetError {
  readonly code = "THREAD_CRASHED"
  constructor(name: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause)
    super(`The thread that ran \`${clip(name)}\` ended: ${clip(why, 300)}.`, {
      fix: "Let it throw instead of ending the process, await all that it starts, and give it more memory by `maxHeapMb` if it needs that.",
      cause,
    })
  }
}

/** A pool of threads was closed. */
export class ThreadPoolClosed extends FleetError {
  readonly code = "THREAD_POOL_CLOSED"
  constructor(name: string) {
    super(`\`${clip(name)}\` was not called, or given up: its pool of threads is closed.`, {
      fix: "Close the pool after the server, or make another.",
    })
  }
}

/** A value cannot be sent to another thread. */
export class NotCloneable extends FleetError {
  readonly code = "FLEET-12"
  /** Where in the value, such as `result.items[2].save`. */
  readonly path: string
  constructor(subject: string, found: { readonly path: string; readonly what: string }, cause: unknown) {
    super(`${subject} cannot be sent to another thread: \`${found.path}\` is ${found.what}.`, {
      fix: "Send data: JSON, dates, maps, sets, errors, buffers.",
      cause,
    })
    this.path = found.path
  }
}
