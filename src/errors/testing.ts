import { FleetError } from "./fleet-error.ts"

/**
 * A tool answered that the call failed: thrown by the functions of `client.tools`.
 *
 * @see S28/server/tools#error-handling
 * @example
 * await expect(client.tools.add({ a: 1, b: 2 })).rejects.toThrow(ToolCallFailed)
 */
export class ToolCallFailed extends FleetError {
  readonly code = "TOOL_CALL_FAILED"
  /** The name of the tool. */
  readonly tool: string
  /** The whole result: `content`, `_meta` and all. */
  readonly result: object
  constructor(tool: string, text: string, result: object) {
    super(`The tool \`${tool}\` failed: ${text}`)
    this.tool = tool
    this.result = result
  }
}

/**
 * A server answered a request with an error of the protocol.
 *
 * @see https://www.jsonrpc.org/specification#error_object
 * @example
 * await expect(client.callTool("nope")).rejects.toMatchObject({ error: { code: -32602 }, status: 200 })
 */
export class RequestFailed extends FleetError {
  readonly code = "REQUEST_FAILED"
  /** The JSON-RPC error as it came. */
  readonly error: { readonly code: number; readonly message: string; readonly data?: unknown }
  /** The HTTP status the answer would have. */
  readonly status: number
  constructor(method: string, error: RequestFailed["error"], status: number) {
    super(`The server answered \`${method}\` with error ${error.code}: ${error.message}`)
    this.error = error
    this.status = status
  }
}

/**
 * A server asked its client something that no handler was given for.
 *
 * @see S28/basic/patterns/mrtr
 * @example
 * await using client = await connect(mcp, { capabilities: { elicitation: {} } }) // and no `elicitation`
 * await expect(client.callTool("signup")).rejects.toThrow(UnansweredRequest)
 */
export class UnansweredRequest extends FleetError {
  readonly code = "UNANSWERED_REQUEST"
  constructor(method: string, option: string | undefined) {
    super(`The server asked for \`${method}\`, which this client does not answer.`, {
      fix: option === undefined ? undefined : `Give \`connect()\` the option \`${option}\`.`,
    })
  }
}

/**
 * A call asked its client for input in more rounds than the client goes along with.
 *
 * @see S28/basic/patterns/mrtr
 * @example
 * await using client = await connect(mcp, { elicitation: () => ({ action: "decline" }), maxRounds: 3 })
 * await expect(client.callTool("insist")).rejects.toThrow(EndlessQuestions)
 */
export class EndlessQuestions extends FleetError {
  readonly code = "ENDLESS_QUESTIONS"
  constructor(method: string, limit: number) {
    super(
      `The server asked for input in more than ${limit} ${limit === 1 ? "round" : "rounds"} of one \`${method}\`.`,
      {
        fix: "Let the handler ask for several things at once, or give `connect()` a higher `maxRounds`.",
      },
    )
  }
}

/**
 * A client was closed before it was asked, or before it had the answer.
 *
 * @example
 * client.close()
 * await expect(client.discover()).rejects.toThrow(ClientClosed)
 */
export class ClientClosed extends FleetError {
  readonly code = "CLIENT_CLOSED"
  constructor() {
    super("The client is closed.", {
      fix: "Await its answers before the block of `await using` ends, or connect another one.",
    })
  }
}
