import { clip } from "../shared/clip.ts"
import { FleetError } from "./fleet-error.ts"

/**
 * A server did not answer in the time that a request may take.
 *
 * @see S28/basic/patterns/cancellation#timeouts
 */
export class RequestTimedOut extends FleetError {
  readonly code = "REQUEST_TIMED_OUT"
  constructor(method: string, ms: number) {
    super(`The server did not answer \`${clip(method)}\` within ${ms} ms.`, {
      fix: "Give the request a longer `timeoutMs`.",
    })
  }
}

/** The connection to a server ended before it had answered; whether it did what was asked is not known. */
export class ConnectionLost extends FleetError {
  readonly code = "CONNECTION_LOST"
  constructor(server: string, why: string, cause?: unknown) {
    super(`The connection to ${clip(server, 200)} was lost: ${clip(why, 600)}.`, {
      fix: "Ask again if that does no harm: the next request connects anew.",
      cause,
    })
  }
}

/** A server does not know the session any more, and did not do what was asked. */
export class SessionLost extends FleetError {
  readonly code = "SESSION_LOST"
  constructor(server: string) {
    super(`${clip(server, 200)} has ended the session.`, {
      fix: "Ask again: the next request opens a new one.",
    })
  }
}

/** A server answered with what the protocol does not allow. */
export class WrongResult extends FleetError {
  readonly code = "WRONG_RESULT"
  constructor(method: string, problem: string) {
    super(`The server answered \`${clip(method)}\` with a result that ${clip(problem, 400)}.`)
  }
}

/** The structured content of a tool's result does not fit the output schema that its server declares. */
export class WrongOutput extends FleetError {
  readonly code = "WRONG_OUTPUT"
  /** The name of the tool. */
  readonly tool: string
  /** The whole result. */
  readonly result: object
  constructor(tool: string, problem: string, result: object) {
    super(`The tool \`${clip(tool)}\` answered with structured content that ${clip(problem, 600)}.`, {
      fix: "Mend the server, or connect with `validateOutputs: false`.",
    })
    this.tool = tool
    this.result = result
  }
}

/** A tool, resource or prompt is not what it was when its fingerprint was pinned. */
export class PinBroken extends FleetError {
  readonly code = "PIN_BROKEN"
  constructor(key: string, found: string | undefined) {
    super(
      found === undefined
        ? `\`${clip(key)}\` is pinned, and the server does not list it any more.`
        : `\`${clip(key)}\` has changed since it was pinned: it is \`${found}\` now.`,
      { fix: "Read its definition, and pin the new fingerprint if you trust it." },
    )
  }
}

/** What a person filled in does not fit the form of an elicitation. */
export class WrongAnswer extends FleetError {
  readonly code = "WRONG_ANSWER"
  constructor(problems: string) {
    super(`The answer does not fit the form: ${clip(problems, 600)}.`)
  }
}

/** A configuration of servers cannot be read. */
export class WrongServers extends FleetError {
  readonly code = "WRONG_SERVERS"
  constructor(what: string, problem: string, cause?: unknown) {
    super(`${what} ${clip(problem, 400)}.`, {
      fix: 'Write it as `{ "mcpServers": { "name": { "command": "node", "args": ["server.js"] } } }`, or with a `url`.',
      cause,
    })
  }
}
