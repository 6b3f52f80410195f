import { FleetError, type HttpAnswer } from "./fleet-error.ts"
import { clip } from "./protocol.ts"

/** No tool of this name, or none that the caller may see. */
export class UnknownTool extends FleetError {
  readonly code = "UNKNOWN_TOOL"
  override readonly rpc = -32602
  constructor(name: string, near?: string) {
    super(`No tool named \`${clip(name)}\`.${didYouMean(near)}`, {
      fix: "Call `tools/list` to see the names this server offers.",
    })
  }
}

/** Nothing can be read under this URI, or nothing that the caller may see. */
export class ResourceNotFound extends FleetError {
  readonly code = "RESOURCE_NOT_FOUND"
  override readonly rpc = -32602
  override readonly data: { readonly uri: string }
  constructor(uri: string, near?: string) {
    super(`Resource not found: \`${clip(uri)}\`.${didYouMean(near)}`, {
      fix: "Call `resources/list` and `resources/templates/list` to see what this server offers.",
    })
    this.data = { uri }
  }
}

/** No prompt of this name, or none that the caller may see. */
export class UnknownPrompt extends FleetError {
  readonly code = "UNKNOWN_PROMPT"
  override readonly rpc = -32602
  constructor(name: string, near?: string) {
    super(`No prompt named \`${clip(name)}\`.${didYouMean(near)}`, {
      fix: "Call `prompts/list` to see the names this server offers.",
    })
  }
}

/** A cursor was not made by this server for this list. */
export class InvalidCursor extends FleetError {
  readonly code = "INVALID_CURSOR"
  override readonly rpc = -32602
  constructor(cursor: string) {
    super(`The cursor \`${clip(cursor)}\` is not one of this list.`, { fix: "Start again without a cursor." })
  }
}

/** A component of this name and version is registered already. */
export class DuplicateComponent extends FleetError {
  readonly code = "DUPLICATE_COMPONENT"
  constructor(key: string) {
    super(`\`${key}\` is registered already.`, {
      fix: "Choose another name or version, or set `onDuplicate` to `replace`, `ignore` or `warn`.",
    })
  }
}

/** What should be replaced is not registered. */
export class UnknownComponent extends FleetError {
  readonly code = "UNKNOWN_COMPONENT"
  constructor(key: string) {
    super(`\`${key}\` is not registered.`, { fix: "Add it with `mcp.add()`." })
  }
}

/** An option that does not exist, or no longer. */
export class UnknownOption extends FleetError {
  readonly code = "FLEET-09"
  constructor(subject: string, option: string, advice: string | undefined) {
    super(`${subject} has no option \`${option}\`.`, { fix: advice })
  }
}

/** A value that middleware should have set is not there. */
export class MissingContextValue extends FleetError {
  readonly code = "MISSING_CONTEXT_VALUE"
  constructor(name: string) {
    super(`Nothing set the context key \`${name}\` for this call.`, {
      fix: "Register the middleware that sets it with `mcp.use()`, before what needs it.",
    })
  }
}

/** `getContext()` was called where no call is running. */
export class NoContext extends FleetError {
  readonly code = "FLEET-03"
  constructor() {
    super("`getContext()` was called outside of a call.", {
      fix: "Call it while a handler runs, or take the context as the handler's second parameter.",
    })
  }
}

/** Middleware broke the rules of the onion. */
export class MiddlewareMisuse extends FleetError {
  readonly code = "FLEET-19"
  constructor(name: string, what: string, fix: string) {
    super(`The middleware \`${name}\` ${what}.`, { fix })
  }
}

/** A plugin cannot be added as it is. */
export class InvalidPlugin extends FleetError {
  readonly code = "INVALID_PLUGIN"
}

/** A handler returned a result of a type that no plugin declares. */
export class UndeclaredResultType extends FleetError {
  readonly code = "UNDECLARED_RESULT_TYPE"
  constructor(resultType: string) {
    super(`No plugin declares the result type \`${resultType}\`.`, {
      fix: "List it in the plugin's `resultTypes`.",
    })
  }
}

/** The caller's credential does not have the scopes that a component demands openly. */
export class InsufficientScope extends FleetError {
  readonly code = "INSUFFICIENT_SCOPE"
  override readonly rpc = -32603
  override readonly http: HttpAnswer
  override readonly data: { readonly requiredScopes: readonly string[] }
  constructor(scopes: readonly string[], headers: { readonly [name: string]: string }) {
    super(`This needs the scope \`${scopes.join(" ")}\`.`, { fix: "Authorize again with it." })
    this.data = { requiredScopes: scopes }
    this.http = { status: 403, headers }
  }
}

/** The server has as many open subscriptions as it allows. */
export class TooManySubscriptions extends FleetError {
  readonly code = "TOO_MANY_SUBSCRIPTIONS"
  override readonly rpc = -32603
  override readonly http = { status: 429 }
  constructor(limit: number) {
    super(`There are ${limit} open subscriptions already.`, { fix: "Close one first." })
  }
}

/** A call from the server's own process cannot be answered. */
export class InProcessError extends FleetError {
  readonly code = "IN_PROCESS_CALL"
  constructor(why: string) {
    super(`The in-process call failed: ${why}.`)
  }
}

/** The server was closed and takes no calls. */
export class ServerClosed extends FleetError {
  readonly code = "SERVER_CLOSED"
  override readonly rpc = -32603
  override readonly http = { status: 503 }
  constructor() {
    super("The server is closed.", { fix: "Make a new one." })
  }
}

function didYouMean(near: string | undefined): string {
  return near === undefined ? "" : ` Did you mean \`${near}\`?`
}
