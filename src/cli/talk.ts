import type { Command } from "commander"
import { Interrupted } from "../errors/cli.ts"
import { createElicitation } from "./ask/elicitation.ts"
import { type Person, personAt } from "./ask/person.ts"
import { type Dialogue, openDialogue } from "./client/dialogue.ts"
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
  using interruption = listenForInterruption()
  const { signal } = interruption
  const desk = { input: process.stdin, output: process.stderr, signal, clear: () => notices.clear() }
  const person = process.stdin.isTTY && process.stderr.isTTY ? personAt(desk) : undefined
  const server = await openDialogue(given.target, given.options, {
    signal,
    onProgress: (progress) => notices.progress(progress),
    onLog: (record) => notices.log(record),
    onProgramLine: (line) => notices.programLine(line),
    onRefused: (method) => notices.warn(`The server asked for \`${terminalLine(method, 100)}\`: refused.`),
    elicit: createElicitation({
      server: nameOf(given),
      person,
      answers: given.options.answer ?? [],
      say: (text) => notices.warn(text),
    }),
  })
  try {
    await run({ ...given, server, output, errors, notices, person })
  } finally {
    notices.clear()
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

/** Aborts at the first signal, so that what was asked for is cancelled; the second ends the process at once. */
function listenForInterruption(): { readonly signal: AbortSignal } & Disposable {
  const controller = new AbortController()
  const names = ["SIGINT", "SIGTERM"] as const
  const onSignal = (name: (typeof names)[number]) => {
    const interrupted = new Interrupted(name)
    if (controller.signal.aborted) process.exit(interrupted.exitCode)
    controller.abort(interrupted)
  }
  for (const name of names) process.on(name, onSignal)
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const name of names) process.off(name, onSignal)
    },
  }
}
