import { clip } from "../shared/clip.ts"
import { FleetError, type HttpAnswer } from "./fleet-error.ts"
import { show } from "./protocol.ts"

/** A component of this name and version is registered already. */
export class DuplicateComponent extends FleetError {
  readonly code = "DUPLICATE_COMPONENT"
  constructor(key: string) {
    super(`\`${shownKey(key)}\` is registered already.`, {
      fix: "Choose another name or version, or set `onDuplicate` to `replace`, `ignore` or `warn`.",
    })
  }
}

/** A name has components with a version and one without. */
export class MixedVersions extends FleetError {
  readonly code = "MIXED_VERSIONS"
  constructor(kind: string, id: string, isVersioned: boolean) {
    const [is, others] = isVersioned ? ["a version", "none"] : ["no version", "one"]
    super(`The ${kind} \`${clip(id)}\` is given ${is}, and there is one of that name with ${others}.`, {
      fix: "Give all of one name a `version`, or none.",
    })
  }
}

/** What should be replaced is not registered. */
export class UnknownComponent extends FleetError {
  readonly code = "UNKNOWN_COMPONENT"
  constructor(key: string) {
    super(`\`${shownKey(key)}\` is not registered.`, { fix: "Add it with `mcp.add()`." })
  }
}

/** An option that does not exist, or no longer. */
export class UnknownOption extends FleetError {
  readonly code = "FLEET-09"
  constructor(subject: string, option: string, advice: string | undefined) {
    super(`${subject} has no option \`${option}\`.`, { fix: advice })
  }
}

/** An option, or what should be options, has a value that cannot be meant. */
export class InvalidOption extends FleetError {
  readonly code = "INVALID_OPTION"
  /** `what` names the option, such as "The option `port` of `mcp.run()`"; `shown` is its value, for people. */
  constructor(what: string, shown: string, fix: string) {
    super(`${what} is ${shown}.`, { fix })
  }
}

/** A value that middleware should have set is not there. */
export class MissingContextValue extends FleetError {
  readonly code = "MISSING_CONTEXT_VALUE"
  constructor(name: string) {
    super(`Nothing set the context key \`${name}\` for this call.`, {
      fix: "Register the middleware that sets it with `mcp.use()`, before what needs it; take what `provide()` makes by `await ctx.use(key)`.",
    })
  }
}

/** `getContext()` was called where no call is running. */
export class NoContext extends FleetError {
  readonly code = "FLEET-03"
  constructor() {
    super("`getContext()` was called outside of a call.", {
      fix: "Call it while a handler runs, and hand `ctx` on to callbacks.",
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
    // A `scope` is all of them in one text: RFC 6749 §3.3.
    super(`This needs the scope \`${scopes.join(" ")}\`.`, { fix: "Authorize again with it." })
    this.data = { requiredScopes: scopes }
    this.http = { status: 403, headers }
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

/** `tool:search@` is the key of a component without a version. */
function shownKey(key: string): string {
  return key.endsWith("@") ? key.slice(0, -1) : key
}

/** Shows a value in a message, texts in quotes: `"3000"` is not `3000`. */
export function quoted(value: unknown): string {
  if (typeof value === "function") return "a function"
  if (typeof value === "object" && value !== null) return show(value)
  return `\`${typeof value === "string" ? JSON.stringify(clip(value)) : show(value)}\``
}
