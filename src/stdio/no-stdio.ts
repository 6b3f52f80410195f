import { NotOnThisRuntime } from "../errors/runtime.ts"

/** A server that speaks over standard input and output, which this runtime does not have. */
export interface RunningStdio {
  readonly closed: Promise<void>
  close(graceMs?: number): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Stands for stdio where there is none. */
export function serveStdio(): never {
  throw new NotOnThisRuntime("mcp.run()", "export default mcp")
}
