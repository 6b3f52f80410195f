import { StrayOutput } from "../errors/stdio.ts"

/** What is written past a guard, and what takes it off. */
export interface GuardedOutput {
  /** Writes to the standard output itself. */
  readonly write: typeof process.stdout.write
  /** Puts everything back as it was. */
  readonly release: () => void
}

// A symbol that all copies of this package share: who loads a server's module guards it before the server does.
const kPast = /* @__PURE__ */ Symbol.for("fleetmcp.stdout")

/** The methods of `console` that write to standard output. */
const consoleMethods = ["log", "info", "debug", "dir", "dirxml", "table", "group", "groupCollapsed"] as const

/**
 * Keeps everything but messages off standard output, which carries them: what else is written goes to standard error.
 * Bun and Deno write `console` past `process.stdout`, so both are guarded. Child processes that inherit it are not.
 *
 * @param onStray Hears of the first.
 * @see S28/basic/transports/stdio
 */
export function guardStdout(onStray: (error: StrayOutput) => void): GuardedOutput {
  const { stdout, stderr } = process
  const { console: terminal } = globalThis
  const { write } = stdout
  const methods = consoleMethods.map((name) => [name, terminal[name]] as const)
  let isTold = false

  function tell(text: string): void {
    if (isTold) return
    isTold = true
    onStray(new StrayOutput(text, callerOf(new Error().stack)))
  }

  const divert = (...args: Parameters<typeof stderr.write>): boolean => {
    const [chunk] = args
    tell(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString())
    return stderr.write(...args)
  }
  // Standard error may be closed by whoever started us; a program that only prints does not end by that.
  stderr.on("error", ignore)
  const past = pastGuards(write)
  // The overloads of both are the same.
  stdout.write = Object.assign(divert as typeof stdout.write, { [kPast]: past })
  for (const [name] of methods) {
    terminal[name] = (...values: unknown[]) => {
      tell(values.map(nameOf).join(" "))
      terminal.error(...values)
    }
  }
  return {
    write: past.bind(stdout),
    release() {
      stdout.write = write
      stderr.off("error", ignore)
      for (const [name, method] of methods) terminal[name] = method as never
    },
  }
}

/** What writes to standard output where that is guarded already. */
function pastGuards(write: typeof process.stdout.write): typeof process.stdout.write {
  // Only ever set by a guard, of this copy or another.
  return (write as { [kPast]?: typeof write })[kPast] ?? write
}

function ignore(): void {
  // There is no other place to say it.
}

/** Names what was printed; nothing is asked of objects, whose own methods may throw. */
function nameOf(value: unknown): string {
  return typeof value === "object" || typeof value === "function" ? `a ${typeof value}` : String(value)
}

/** The line of a user's own file that wrote. */
function callerOf(stack: string | undefined): string | undefined {
  const lines = (stack ?? "").split("\n").slice(1)
  const own = lines.find(
    (line) => !/guard-stdout|node:|\(native|\/node_modules\/fleetmcp\/|\/dist\/chunks\//.test(line),
  )
  return /(?:\(|at )((?:file:\/\/)?[^()\s]+:\d+):\d+\)?$/.exec(own ?? "")?.[1]
}
