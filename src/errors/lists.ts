import { clip } from "../shared/clip.ts"
import { FleetError } from "./fleet-error.ts"

/** A cursor was not made by this server for this list. */
export class InvalidCursor extends FleetError {
  readonly code = "INVALID_CURSOR"
  override readonly rpc = -32602
  constructor(cursor: string) {
    super(`The cursor \`${clip(cursor)}\` is not one of this list.`, { fix: "Start again without a cursor." })
  }
}
