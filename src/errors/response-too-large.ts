import { FleetError } from "./fleet-error.ts"

/** A result is larger than the server sends, and cannot be shortened. */
export class ResponseTooLarge extends FleetError {
  readonly code = "RESPONSE_TOO_LARGE"
  override readonly rpc = -32603
  override readonly data: { readonly bytes: number; readonly maxBytes: number }
  constructor(subject: string, bytes: number, maxBytes: number) {
    super(`RESPONSE_TOO_LARGE: the result of ${subject} has ${bytes} bytes; ${maxBytes} are allowed.`, {
      fix: "Ask for less: a smaller range, a page, a filter, or fewer fields.",
    })
    this.data = { bytes, maxBytes }
  }
}
