import { FleetError } from "./fleet-error.ts"

/** A handler of a resource, prompt or completion failed; the message is what the client may know. */
export class HandlerFailed extends FleetError {
  readonly code = "HANDLER_FAILED"
  override readonly rpc = -32603
  override readonly data: { readonly errorId: string } | undefined
  constructor(text: string, errorId: string | undefined, cause: unknown) {
    super(text, { cause })
    this.data = errorId === undefined ? undefined : { errorId }
  }
}
