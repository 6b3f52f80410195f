import { setImmediate } from "node:timers/promises"
import { ExitedOnImport, type ImportTimeWork, UnsettledImport } from "../../errors/cli.ts"
import { exitCodes, sayFailure } from "../failure.ts"
import { ImportWatch } from "./import-watch.ts"
import { placeOf, shownFile, shownPlace } from "./place.ts"

/** What a module exports, by name. */
export type Namespace = { readonly [name: string]: unknown }

/** How a module is imported. */
export interface ImportOptions {
  /** The program, for messages. */
  readonly file: string
  /** How long it may wait at its top level, in milliseconds. */
  readonly timeoutMs: number
  /** Hears of what it does besides. */
  readonly onWork: (work: ImportTimeWork) => void
}

/**
 * Imports a module and looks at what it does meanwhile. What it throws is thrown as it is.
 *
 * @throws {UnsettledImport} FLEET-15: it waits for something that never comes.
 */
export async function importModule(url: string, options: ImportOptions): Promise<Namespace> {
  const { file, timeoutMs, onWork } = options
  const watch = new ImportWatch()
  const unsettled = (ms?: number) => {
    const place = watch.waiting()
    return new UnsettledImport(place === undefined ? shownFile(file) : shownPlace(place), ms)
  }
  process.once("exit", sayExit)
  try {
    const namespace = await settled(import(url), timeoutMs, unsettled)
    // What it began at last shows in the next turn.
    await setImmediate()
    return namespace
  } finally {
    process.off("exit", sayExit)
    for (const work of watch.stop()) onWork(work)
  }
}

/** Waits for a promise for so long, and no longer than anything is left that could settle it. */
export async function settled<Value>(
  promise: Promise<Value>,
  timeoutMs: number,
  failure: (ms?: number) => unknown,
): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  let onIdle: () => void = () => undefined
  const given = new Promise<never>((_resolve, reject) => {
    onIdle = () => reject(failure())
    process.once("beforeExit", onIdle)
    // Held by nothing: the process that has nothing else to do is idle.
    timer = setTimeout(() => reject(failure(timeoutMs)), timeoutMs).unref()
  })
  try {
    return await Promise.race([promise, given])
  } finally {
    clearTimeout(timer)
    process.off("beforeExit", onIdle)
  }
}

/** `process.exit()` tells its listeners at once, so that whoever called it is still in the stack. */
function sayExit(code: number): void {
  const place = placeOf(new ExitedOnImport(""))
  // Otherwise a signal ended it, or the command itself.
  if (place === undefined) return
  sayFailure(new ExitedOnImport(shownPlace(place)), false)
  // Whatever the program meant by it: what the command was to do is not done.
  if (code === exitCodes.done) process.exitCode = exitCodes.failed
}
