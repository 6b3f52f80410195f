import { FleetError } from "./fleet-error.ts"

/** A call needs a capability that the client did not declare with this request. */
export class MissingClientCapability extends FleetError {
  readonly code = "MISSING_CLIENT_CAPABILITY"
  override readonly rpc = -32021
  override readonly data: { readonly requiredCapabilities: object }
  constructor(requiredCapabilities: object) {
    super(`This call needs the client's ${neededName(requiredCapabilities)}, which was not declared.`, {
      fix: "Declare it in `_meta` under `io.modelcontextprotocol/clientCapabilities`, or in `initialize`.",
    })
    this.data = { requiredCapabilities }
  }
}

/** Names what is needed: the extension by its identifier, `elicitation.url` where a part of a capability is missing. */
function neededName(capabilities: object): string {
  const [first, ...parts] = Array.from(
    JSON.stringify(capabilities).matchAll(/"([^"]+)"/g),
    ([, name]) => name,
  )
  return first === "extensions"
    ? `support of the extension \`${parts.join()}\``
    : `capability \`${[first, ...parts].join(".")}\``
}
