import { FleetError, type FleetErrorOptions } from "./fleet-error.ts"

/** What a handler returned holds something that JSON cannot say. */
export class NotSerializable extends FleetError {
  readonly code = "FLEET-12"
  /** Where in the returned value, such as `result.items[2].id`. */
  readonly path: string
  /** `subject` names who returned it, `what` what is there; `cause` is what a `toJSON` of the user threw. */
  constructor(subject: string, path: string, problem: { what: string; fix: string; cause?: unknown }) {
    super(`What ${subject} returned cannot be sent as JSON: \`${path}\` is ${problem.what}.`, problem)
    this.path = path
  }
}

/** What a handler returned holds a promise that nobody awaited. */
export class UnawaitedPromise extends FleetError {
  readonly code = "FLEET-02"
  /** Where in the returned value, such as `result.user`. */
  readonly path: string
  constructor(subject: string, path: string) {
    super(`What ${subject} returned holds a promise that was not awaited: \`${path}\`.`, {
      fix: "Await it before returning; for a list, `await Promise.all(list.map(async …))`.",
    })
    this.path = path
  }
}

/** What a handler returned is JSON, but not of a shape that its kind of component may return. */
export class InvalidResult extends FleetError {
  readonly code = "INVALID_RESULT"
  constructor(subject: string, problem: string, fix: string) {
    super(`What ${subject} returned cannot be used: ${problem}.`, { fix })
  }
}

/** A component was made without the function that does its work. */
export class MissingHandler extends FleetError {
  readonly code = "MISSING_HANDLER"
  constructor(subject: string, got: string) {
    super(`The ${subject} has no handler: the second argument is \`${got}\`.`, {
      fix: "Give a function: `(args, ctx) => …`.",
    })
  }
}

/** A content helper such as `image()` was given something it cannot send. */
export class InvalidContent extends FleetError {
  readonly code = "INVALID_CONTENT"
  constructor(helper: string, problem: string, fix: string) {
    super(`\`${helper}()\` cannot be made: ${problem}.`, { fix })
  }
}

/** Annotations have a field that the specification does not allow. */
export class InvalidAnnotations extends FleetError {
  readonly code = "INVALID_ANNOTATIONS"
  constructor(subject: string, problem: string, fix: string) {
    super(`The annotations of ${subject} are invalid: ${problem}.`, { fix })
  }
}

/** A `_meta` object has a key that is malformed or reserved for the protocol, or a value that JSON cannot say. */
export class InvalidMeta extends FleetError {
  readonly code = "INVALID_META"
  constructor(subject: string, problem: string, fix: string | FleetErrorOptions) {
    super(`The \`meta\` of ${subject} is invalid: ${problem}.`, typeof fix === "string" ? { fix } : fix)
  }
}

const iconFix = "Use `iconFromFile(path)`, which reads, checks and encodes the file."

/** An icon is not one that clients can show safely. */
export class InvalidIcon extends FleetError {
  readonly code = "FLEET-24"
  readonly #problem: string
  constructor(problem: string, fix: string = iconFix, from: { cause?: unknown; subject?: string } = {}) {
    const whose = from.subject === undefined ? "" : ` of ${from.subject}`
    super(`The icon${whose} is invalid: ${problem}.`, { fix, cause: from.cause })
    this.#problem = problem
  }

  /** Makes the same error that says whose icon it is, such as "tool `add`". */
  of(subject: string): InvalidIcon {
    return new InvalidIcon(this.#problem, this.fix, { cause: this.cause, subject })
  }
}

/** A name or URI does not follow the rules of the specification. */
export class InvalidName extends FleetError {
  readonly code = "INVALID_NAME"
  /** A valid name near the one given, if there is one. */
  declare readonly suggestion: string | undefined
  constructor(kind: string, problem: string, suggestion?: string) {
    super(`The ${kind} name is invalid: ${problem}.`, {
      fix: suggestion === undefined ? undefined : `Use \`${suggestion}\`.`,
    })
    if (suggestion !== undefined) this.suggestion = suggestion
  }
}
