import { clip } from "../shared/clip.ts"
import { FleetError } from "./fleet-error.ts"

/** A file that should be run or read is not there. */
export class NoSuchFile extends FleetError {
  readonly code = "NO_SUCH_FILE"
  readonly exitCode = 2
  /** `near` is what may have been meant. Default: nothing. */
  constructor(path: string, near?: string) {
    const fix =
      near === undefined ? "Name the file that makes the server." : `Did you mean \`${clip(near)}\`?`
    super(`There is no file \`${clip(path)}\`.`, { fix })
  }
}

/** A module has no server that could be served. */
export class NoServer extends FleetError {
  readonly code = "FLEET-01"
  /**
   * @param what What was found instead, as a sentence.
   * @param fix The line to add, or the name to give.
   */
  constructor(what: string, fix: string) {
    super(what, { fix })
  }
}

/** An import does not lead to a module that can be used. */
export class BrokenImport extends FleetError {
  readonly code = "FLEET-08"
  /**
   * @param what Which import, of which file, and what is wrong with it, as a sentence.
   * @param fix The command to run or the line to change.
   */
  constructor(what: string, fix: string, cause?: unknown) {
    super(what, { fix, cause })
  }
}

/** Files import one another in a circle, so that one of them used what another had not made yet. */
export class CircularImport extends FleetError {
  readonly code = "FLEET-13"
  /** The files of the circle, in the order in which they import one another. */
  readonly chain: readonly string[]
  /**
   * @param name What was used too early.
   * @param place Where it was used: "tools.ts:3".
   * @param chain The files of the circle, from the one that was used too early.
   */
  constructor(
    use: { readonly name: string; readonly place: string },
    chain: readonly string[],
    cause?: unknown,
  ) {
    const [first = ""] = chain
    super(
      `\`${use.name}\` is used at ${use.place} before ${first} has made it, because these files import one another:\n  ${[...chain, first].join(" → ")}`,
      {
        fix: `Move \`${use.name}\` to a file that imports none of them, or use it in a function that ${first} calls.`,
        cause,
      },
    )
    this.chain = chain
  }
}

/** This version of Node, or of a tool, lacks something. */
export class OutdatedRuntime extends FleetError {
  readonly code = "FLEET-14"
  /**
   * @param what What is missing, and where, as a sentence.
   * @param needed The version that has it: "Node 22".
   */
  constructor(what: string, needed: string, cause?: unknown) {
    super(what, { fix: `It needs ${needed} or later.`, cause })
  }
}

/** A module does something when it is imported that whoever imports it did not ask for. */
export class ImportTimeWork extends FleetError {
  readonly code = "FLEET-15"
  /**
   * @param place Where it is done: "server.ts:12".
   * @param what What is done: "opens a connection".
   */
  constructor(place: string, what: string) {
    super(
      `${place} ${what} when the module is imported, which commands, tests and serverless hosts do too.`,
      {
        fix: "Do it in a function that handlers call, or in the `lifespan` of a plugin.",
      },
    )
  }
}

/** A module waits at its top level for something that never comes. */
export class UnsettledImport extends FleetError {
  readonly code = "FLEET-15"
  /**
   * @param place Where it waits, as far as that is known: "server.ts:12".
   * @param ms How long it was waited for; `undefined` where nothing is left that it could wait for.
   */
  constructor(place: string, ms: number | undefined) {
    const long = ms === undefined ? "and nothing is left that could end that" : `for more than ${ms} ms`
    super(`${place} waits at the top level of the module, ${long}.`, {
      fix: "Wait in a function that handlers call, in the `lifespan` of a plugin, or for a limited time.",
    })
  }
}

/** A module ended the process while it was imported. */
export class ExitedOnImport extends FleetError {
  readonly code = "FLEET-15"
  constructor(place: string) {
    super(`${place} ended the process while the module was imported.`, {
      fix: "Throw an error instead of `process.exit()`, or exit in what only the program itself calls.",
    })
  }
}

/** A file cannot be read as the language it is in. */
export class InvalidSource extends FleetError {
  readonly code = "INVALID_SOURCE"
  /** `places` are what is wrong, a line each: "server.ts:3:7: Expected ";"". */
  constructor(places: readonly string[], cause?: unknown) {
    super(`The program cannot be read:\n${places.map((place) => `  ${place}`).join("\n")}`, { cause })
  }
}

/** A module, or the function that makes its server, threw. */
export class ModuleFailed extends FleetError {
  readonly code = "MODULE_FAILED"
  /** `what` failed: "`server.ts`", "`createServer()` of `server.ts`". */
  constructor(what: string, cause: unknown) {
    super(
      `${what} failed: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : clip(String(cause))}`,
      {
        cause,
      },
    )
  }
}

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
  readonly exitCode: number
  constructor(signal: "SIGINT" | "SIGTERM" = "SIGINT") {
    super("Interrupted.")
    this.exitCode = signal === "SIGINT" ? 130 : 143
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
  constructor(method: string, most: number) {
    super(`The pages of \`${method}\` do not end: more than ${most} items, or a cursor that comes again.`, {
      fix: "A server gives no `nextCursor` with the last page.",
    })
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
