import { clip } from "../shared/clip.ts"
import { FleetError } from "./fleet-error.ts"

// Speaking with a server: `list`, `call`, `read`, `get`, `inspect`. `exitCode` is what the process ends with, 1 unless
// an error says otherwise.

/** A command was given words or options that it cannot be meant with. */
export class WrongUsage extends FleetError {
  readonly code = "WRONG_USAGE"
  readonly exitCode = 2
}

/** What was given as a server is neither a URL nor a file. */
export class InvalidTarget extends FleetError {
  readonly code = "INVALID_TARGET"
  readonly exitCode = 2
  constructor(target: string, problem: string, fix: string) {
    super(`\`${clip(target)}\` ${problem}.`, { fix })
  }
}

/** Nobody answers where the server should be, or the program does not start. */
export class CannotConnect extends FleetError {
  readonly code = "CANNOT_CONNECT"
}

/** Something answers, but not as an MCP server does. */
export class NotAnMcpServer extends FleetError {
  readonly code = "NOT_AN_MCP_SERVER"
}

/** The server wants to know who asks, or does not allow it. */
export class AccessRefused extends FleetError {
  readonly code = "ACCESS_REFUSED"
  /** The HTTP status: 401 or 403. */
  readonly status: number
  constructor(url: string, status: number, fix: string) {
    super(`${clip(url, 200)} answered ${status === 401 ? "401, unauthorized" : "403, forbidden"}.`, { fix })
    this.status = status
  }
}

/** The server did not answer in time. */
export class AnswerTimedOut extends FleetError {
  readonly code = "ANSWER_TIMED_OUT"
  constructor(what: string, seconds: number) {
    super(`The server did not answer \`${what}\` within ${seconds} s.`, {
      fix: "Give it longer with `--timeout <seconds>`; progress starts the time anew.",
    })
  }
}

/** The server sent more than one answer may be. */
export class AnswerTooLarge extends FleetError {
  readonly code = "ANSWER_TOO_LARGE"
  constructor(bytes: number) {
    super(`The server sent more than ${bytes / 1024 / 1024} MiB in one answer.`)
  }
}

/** The command was interrupted, and what it had asked for was cancelled. */
export class Interrupted extends FleetError {
  readonly code = "INTERRUPTED"
  readonly exitCode = 130
  constructor() {
    super("Interrupted.")
  }
}

/** The server answered with an error of the protocol. */
export class RequestRefused extends FleetError {
  readonly code = "REQUEST_REFUSED"
  /** The JSON-RPC code. */
  readonly error: number
  constructor(method: string, error: number, message: string) {
    super(`The server answered \`${method}\` with error ${error}: ${clip(message, 2_000)}`, {
      fix:
        error === -32021 ? "The command line has neither a model nor folders; it answers forms." : undefined,
    })
    this.error = error
  }
}

/** The server offers no tool or prompt of this name. */
export class NotOffered extends FleetError {
  readonly code = "NOT_OFFERED"
  readonly exitCode = 2
  constructor(kind: "tool" | "prompt", name: string, near: string | undefined) {
    const meant = near === undefined ? "" : ` Did you mean \`${clip(near)}\`?`
    super(`The server offers no ${kind} named \`${clip(name)}\`.${meant}`, {
      fix: `\`fleetmcp list\` shows those it offers.`,
    })
  }
}

/** Arguments do not fit what a tool or prompt takes. */
export class WrongArguments extends FleetError {
  readonly code = "WRONG_ARGUMENTS"
  readonly exitCode = 2
  constructor(kind: "tool" | "prompt", problems: readonly string[], signature: string) {
    super(`The arguments do not fit the ${kind}:\n${problems.map((problem) => `  ${problem}`).join("\n")}`, {
      fix: `It is called as \`${signature}\`.`,
    })
  }
}

/** What is no text was about to be written to a terminal. */
export class BinaryOnTerminal extends FleetError {
  readonly code = "BINARY_ON_TERMINAL"
  readonly exitCode = 2
  constructor(what: string) {
    super(`${what} is no text, and a terminal would show it as noise.`, {
      fix: "Save it with `--save <dir>`, or send the output to a file: `> file`.",
    })
  }
}

/** A file could not be read or written. */
export class FileFailed extends FleetError {
  readonly code = "FILE_FAILED"
  constructor(path: string, doing: "read" | "written", cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause)
    super(`\`${clip(path, 200)}\` cannot be ${doing}: ${clip(why, 300)}.`, { cause })
  }
}

/** A server lists more than anybody could mean. */
export class EndlessList extends FleetError {
  readonly code = "ENDLESS_LIST"
  constructor(method: string, items: number, pages: number) {
    super(
      `The pages of \`${method}\` do not end: more than ${items} items or ${pages} pages, or a cursor that comes again.`,
      { fix: "A server gives no `nextCursor` with the last page." },
    )
  }
}

/** There is nothing to compare a server with. */
export class LockMissing extends FleetError {
  readonly code = "LOCK_MISSING"
  constructor(path: string) {
    super(`There is no \`${clip(path, 200)}\` to compare the server with.`, {
      fix: "Write it with `fleetmcp inspect <server> --lock`, and keep it with the source.",
    })
  }
}

/** A lock file is none. */
export class LockUnreadable extends FleetError {
  readonly code = "LOCK_UNREADABLE"
  constructor(path: string, problem: string, cause?: unknown) {
    super(`\`${clip(path, 200)}\` ${problem}.`, {
      fix: "Restore it from version control, or delete it and write it anew with `--lock`.",
      cause,
    })
  }
}

/** What a server offers is not what its lock file says. */
export class LockBroken extends FleetError {
  readonly code = "LOCK_BROKEN"
  constructor(path: string, changes: readonly string[]) {
    super(
      `The server is not what \`${clip(path, 200)}\` says:\n${changes.map((change) => `  ${change}`).join("\n")}`,
      {
        fix: "Review the changes; if they are meant, write the file anew with `--lock`.",
      },
    )
  }
}
