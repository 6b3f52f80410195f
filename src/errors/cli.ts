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
        fix: "Do it in a function that handlers call, or in a `lifespan()`.",
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
      fix: "Wait in a function that handlers call, in a `lifespan()`, or for a limited time.",
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

/** What a program is made one module of cannot lie beside it. */
export class FolderNotWritable extends FleetError {
  readonly code = "FOLDER_NOT_WRITABLE"
  constructor(folder: string, cause: unknown) {
    super(
      `The folder \`${clip(folder, 200)}\` cannot be written to, and the program is made one module that lies there.`,
      {
        fix: "Make the folder writable, or build the program to JavaScript, which Node reads where it lies.",
        cause,
      },
    )
  }
}

/** A module, or the function that makes its server, threw. */
export class ModuleFailed extends FleetError {
  readonly code = "MODULE_FAILED"
  /** `what` failed: "`server.ts`", "`createServer()` of `server.ts`". */
  constructor(what: string, cause: unknown) {
    super(`${what} failed: ${said(cause)}`, { cause })
  }
}

function said(cause: unknown): string {
  if (cause instanceof Error) return `${cause.name}: ${cause.message}`
  try {
    return clip(String(cause))
  } catch {
    // It has no prototype, or a `toString()` that throws.
    return `it threw what has no text, \`${typeof cause}\``
  }
}
