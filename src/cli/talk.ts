import type { Command } from "commander"
import { Interrupted } from "../errors/dialogue.ts"
import { createElicitation } from "./ask/elicitation.ts"
import { type Person, personAt } from "./ask/person.ts"
import { type Dialogue, type Listener, openDialogue } from "./client/dialogue.ts"
import { closeOnSignal } from "./interrupt.ts"
import { Notices } from "./print/notices.ts"
import { type Output, toOutput } from "./print/output.ts"
import { terminalLine } from "./print/terminal-text.ts"
import { type Given, readTarget, type TargetOptions } from "./target-options.ts"

/** What a command works with. */
export interface Talk<Options extends TargetOptions> extends Given<Options> {
  readonly server: Dialogue
  readonly output: Output
  /** Standard error: for what went wrong, and what is no result. */
  readonly errors: Output
  readonly notices: Notices
  /** Nobody, where there is no terminal to ask at. */
  readonly person: Person | undefined
}

/** Connects to the server that a command names, runs it, and takes leave, also when it fails or is interrupted. */
export async function talk<Options extends TargetOptions>(
  command: Command,
  run: (talk: Talk<Options>) => Promise<void>,
): Promise<void> {
  const given = readTarget<Options>(command)
  const output = toOutput(process.stdout)
  const errors = toOutput(process.stderr)
  const notices = new Notices(errors, { isQuiet: given.options.quiet === true })
  const controller = new AbortController()
  const { signal } = controller
  const desk = { input: process.stdin, output: errors, signal, clear: () => notices.clear() }
  const person = process.stdin.isTTY && process.stderr.isTTY ? personAt(desk) : undefined
  const listener: Listener = {
    signal,
    onProgress: (progress) => notices.progress(progress),
    onLog: (record) => notices.log(record),
    onProgramLine: (line) => notices.programLine(line),
    onRefused: (method) => notices.warn(`The server asked for \`${terminalLine(method, 100)}\`: refused.`),
    elicit: createElicitation({
      server: nameOf(given),
      person,
      answers: given.options.answer ?? [],
      saysYes: given.options.yes === true,
      say: (text) => notices.warn(text),
    }),
  }
  const whole = connected(given, listener, (server) =>
    run({ ...given, server, output, errors, notices, person }),
  )
  // What was asked for is cancelled, and what was started ends, before the process does.
  const forget = closeOnSignal(async () => {
    controller.abort(new Interrupted())
    await whole.catch(() => undefined)
  })
  try {
    await whole
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    process.exitCode ??= error.exitCode
    notices.warn(error.message)
  } finally {
    notices.clear()
    forget()
  }
}

async function connected(
  { target, options }: Given<TargetOptions>,
  listener: Listener,
  run: (server: Dialogue) => Promise<void>,
): Promise<void> {
  const server = await openDialogue(target, options, listener)
  try {
    await run(server)
  } finally {
    await server.close()
  }
}

/** The server as the user named it. */
function nameOf({ target }: Given<TargetOptions>): string {
  switch (target.kind) {
    case "url":
      return target.url.host
    case "command":
      return terminalLine([target.command, ...target.args].join(" "), 60)
    case "file":
      return terminalLine(target.file, 60)
  }
}
