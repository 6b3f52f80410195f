import {
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSWASMModule,
  Scope,
} from "quickjs-emscripten-core"
import { attempt } from "../shared/maybe-promise.ts"
import { worldCode } from "./quickjs-world.ts"
import type { SandboxLimits, SandboxResult } from "./sandbox.ts"

/** A program and what it is run with. */
export interface Program {
  readonly code: string
  readonly limits: SandboxLimits
  readonly now: number
  readonly seed: number
}

/** How what stands around a program hears of it. */
export interface ProgramHost {
  /** Calls a tool; `text` is JSON of its name and arguments. Gives JSON: of its result, or of the message of an error. */
  readonly call: (text: string) => Promise<{ readonly ok: boolean; readonly text: string }>
  /** Hears when it begins and ends to compute. */
  readonly onBusy?: (isBusy: boolean) => void
  /** Milliseconds of a clock that does not go back. Default `performance.now`. */
  readonly clock?: () => number
}

const stackBytes = 256 * 1024

/** Runs one program in a world of its own, which is gone when it is over. */
export async function runProgram(
  module: QuickJSWASMModule,
  program: Program,
  host: ProgramHost,
): Promise<SandboxResult> {
  const { limits } = program
  const clock = host.clock ?? (() => performance.now())
  const logs = createLogs(limits.logSize)
  let spent = 0
  let since = clock()
  let isOver = false
  const runtime = module.newRuntime({
    memoryLimitBytes: limits.memoryMb * 1024 * 1024,
    maxStackSizeBytes: stackBytes,
    interruptHandler: () => {
      isOver ||= spent + clock() - since > limits.cpuMs
      return isOver
    },
  })
  const context = runtime.newContext()
  const scope = new Scope()
  const answers: Answer[] = []
  let wake: () => void = () => undefined
  let waiting = 0
  let result: SandboxResult | undefined

  function call(id: number, text: string): void {
    waiting++
    const settle = (answer: { readonly ok: boolean; readonly text: string }) => {
      answers.push({ id, ...answer })
      wake()
    }
    host.call(text).then(settle, () => settle({ ok: false, text: '"The call failed."' }))
  }

  function done(ok: boolean, text: string): void {
    if (result !== undefined) return
    if (!ok) result = failure(JSON.parse(text), logs.lines)
    else if (text.length > limits.resultSize)
      result = failure(
        `The result has ${text.length} characters as JSON; the most is ${limits.resultSize}. Return less of it.`,
        logs.lines,
      )
    else result = { ok: true, value: text === "" ? undefined : JSON.parse(text), logs: logs.lines }
  }

  /** Lets the world compute, within its time. */
  function compute(work: () => void): void {
    host.onBusy?.(true)
    since = clock()
    try {
      work()
      // Some at a time: jobs that make jobs have no end, and short ones may never be interrupted.
      while (result === undefined && runtime.hasPendingJob() && !isOver) {
        const ran = runtime.executePendingJobs(100)
        ran.dispose()
        isOver ||= spent + clock() - since > limits.cpuMs
      }
    } finally {
      spent += clock() - since
      host.onBusy?.(false)
    }
  }

  try {
    const world = openWorld(context, scope, { program, host: { call, done, log: logs.add } })
    compute(() => world.begin())
    while (result === undefined && !isOver && waiting > 0) {
      await new Promise<void>((resolve) => {
        wake = resolve
        if (answers.length > 0) resolve()
      })
      for (const answer of answers.splice(0)) {
        waiting--
        compute(() => world.settle(answer))
      }
    }
    if (result?.ok === true || (result !== undefined && !isOver)) return result
    if (isOver)
      return failure(`The program computed for more than ${limits.cpuMs} ms. Do less in it.`, logs.lines)
    return failure("The program waits for something that never comes.", logs.lines)
  } catch (error) {
    if (isOver)
      return failure(`The program computed for more than ${limits.cpuMs} ms. Do less in it.`, logs.lines)
    return failure(textOf(error), logs.lines)
  } finally {
    // A stack that overflowed on our side leaves the module broken: the thread ends with it, and the result is known.
    attempt(
      () => {
        scope.dispose()
        context.dispose()
        runtime.dispose()
      },
      () => undefined,
    )
  }
}

interface Answer {
  readonly id: number
  readonly ok: boolean
  readonly text: string
}

interface WorldHost {
  readonly call: (id: number, text: string) => void
  readonly log: (text: string) => void
  readonly done: (ok: boolean, text: string) => void
}

interface World {
  readonly begin: () => void
  readonly settle: (answer: Answer) => void
}

interface WorldInit {
  readonly program: Program
  readonly host: WorldHost
}

/** Makes what a program finds. What is made is given back by `scope`, also where making it fails. */
function openWorld(context: QuickJSContext, scope: Scope, { program, host }: WorldInit): World {
  const kept = <T extends QuickJSHandle>(handle: T): T => scope.manage(handle)
  const text = (handle: QuickJSHandle) =>
    context.typeof(handle) === "string" ? context.getString(handle) : "null"
  const hostCall = kept(
    context.newFunction("call", (id, args) => host.call(context.getNumber(id), text(args))),
  )
  const hostLog = kept(context.newFunction("log", (line) => host.log(JSON.parse(text(line)))))
  const hostDone = kept(
    context.newFunction("done", (ok, value) => host.done(context.dump(ok) === true, text(value))),
  )
  const numbers = [program.now, program.seed].map((number) => kept(context.newNumber(number)))
  const make = kept(context.unwrapResult(context.evalCode(worldCode, "world.js")))
  const given = [hostCall, hostLog, hostDone, ...numbers]
  const made = kept(context.unwrapResult(context.callFunction(make, context.undefined, ...given)))
  const start = kept(context.getProp(made, "start"))
  const settle = kept(context.getProp(made, "settle"))
  const run = (work: QuickJSHandle, ...args: QuickJSHandle[]) =>
    context.unwrapResult(context.callFunction(work, context.undefined, ...args)).dispose()
  return {
    begin() {
      // On the first line, so that the lines that errors name are those of the program.
      const body = context.unwrapResult(context.evalCode(`(async () => {${program.code}\n})`, "program.js"))
      try {
        run(start, body)
      } finally {
        body.dispose()
      }
    },
    settle({ id, ok, text: value }) {
      const handles = [context.newNumber(id), context.newString(value)] as const
      try {
        run(settle, handles[0], ok ? context.true : context.false, handles[1])
      } finally {
        for (const handle of handles) handle.dispose()
      }
    },
  }
}

function createLogs(most: number): { readonly lines: string[]; readonly add: (line: string) => void } {
  const lines: string[] = []
  let left = most
  return {
    lines,
    add(line) {
      if (left <= 0) return
      left -= line.length + 1
      lines.push(left < 0 ? `${line.slice(0, line.length + left)}…` : line)
    },
  }
}

function failure(error: string, logs: readonly string[]): SandboxResult {
  return { ok: false, error, logs }
}

function textOf(error: unknown): string {
  // What QuickJS says has a name and a message; what breaks it, such as a stack that overflows, is an error of ours.
  if (!(error instanceof Error)) return "The program broke off."
  return `${error.name}: ${error.message}`.slice(0, 2000)
}
