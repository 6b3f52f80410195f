import { clip } from "../shared/clip.ts"
import { FleetError } from "./fleet-error.ts"

/** The client frames messages by `Content-Length`, as language servers do. */
export class ContentLengthFraming extends FleetError {
  readonly code = "FLEET-07"
  override readonly rpc = -32600
  constructor() {
    super("Messages came framed by `Content-Length` headers, as those of language servers.", {
      fix: "Send one JSON message per line: see S28/basic/transports/stdio.",
    })
  }
}

/** Something else than messages was written to standard output while that carried them. */
export class StrayOutput extends FleetError {
  readonly code = "FLEET-07"
  constructor(text: string, where: string | undefined) {
    const place = where === undefined ? "" : ` by ${where}`
    super(
      `\`${clip(text.trim())}\` was written to standard output${place}, which carries messages on stdio.`,
      {
        fix: "Write to standard error, as `console.error()` does, or tell the client by `ctx.log`. It went to standard error, and so will what follows.",
      },
    )
  }
}
