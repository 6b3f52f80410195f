/** Bounds of one program. */
export interface SandboxLimits {
  /** Milliseconds it may compute, waiting not counted. Default 1,000. */
  readonly cpuMs: number
  /** Milliseconds it may take in all. Default 60,000. */
  readonly wallMs: number
  /** Megabytes it may use. Default 64. */
  readonly memoryMb: number
  /** Characters of its result as JSON. Default 200,000. */
  readonly resultSize: number
  /** Characters it may log. Default 10,000. */
  readonly logSize: number
}

/** What a program is run with. */
export interface SandboxRun {
  /**
   * Calls a tool for the program. It gives what JSON can say. What it rejects with an `Error` the program can catch; of an
   * error it is to see nothing but the message.
   */
  readonly callTool: (name: string, args: { readonly [name: string]: unknown }) => Promise<unknown>
  readonly limits: SandboxLimits
  /** Ends the program. `run` rejects then. */
  readonly signal: AbortSignal
  /** What `Date` says, in milliseconds, so that a program that runs again does the same. */
  readonly now: number
  /** What `Math.random` begins with, for the same reason: a whole number of 32 bits. */
  readonly seed: number
}

/** What came of a program. */
export type SandboxResult =
  | { readonly ok: true; readonly value: unknown; readonly logs: readonly string[] }
  | { readonly ok: false; readonly error: string; readonly logs: readonly string[] }

/** Runs programs that nobody trusts: nothing is there for them but what `run` is given. */
export interface Sandbox {
  /**
   * Runs the body of an async function in JavaScript, in which there are `callTool(name, args)`, `tools.name(args)` and
   * `console`. Each run has a world of its own.
   */
  run(code: string, given: SandboxRun): Promise<SandboxResult>
}
