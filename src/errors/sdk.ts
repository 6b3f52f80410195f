import { FleetError } from "./fleet-error.ts"
import { show } from "./protocol.ts"

/** What a server is to be served in is no low-level `Server` of the official SDK. */
export class NotAnSdkServer extends FleetError {
  readonly code = "NOT_AN_SDK_SERVER"
  constructor(value: unknown, isHighLevel: boolean) {
    super(
      isHighLevel
        ? "A high-level `McpServer` was given."
        : `${show(value)} is no \`Server\` of the official SDK.`,
      {
        fix: isHighLevel
          ? "Give the low-level server inside of it, `mcpServer.server`, with nothing registered."
          : "Make one by `new Server({ name, version })`, of `@modelcontextprotocol/server` or of `@modelcontextprotocol/sdk`.",
      },
    )
  }
}

/** A `Server` of the official SDK answers, or speaks, for something else already. */
export class SdkServerInUse extends FleetError {
  readonly code = "SDK_SERVER_IN_USE"
  constructor(how: string) {
    super(`The \`Server\` of the official SDK ${how}.`, {
      fix: "Make one for this alone, and call `serveInSdk()` before `connect()`.",
    })
  }
}
