import { clip } from "../shared/clip.ts"
import { FleetError } from "./fleet-error.ts"

/** A server that has other components now than when it was imported. */
export class ImportedBefore extends FleetError {
  readonly code = "FLEET-20"
  constructor(root: string, child: string) {
    super(
      `The server \`${child}\` changed after \`${root}\` imported it, which has a copy of what it was before.`,
      {
        fix: "Add components before the import, or mount the server: `mcp.mount(child)`.",
      },
    )
  }
}

/** A name that is only there behind the prefix of a mount. */
export class NameWithoutPrefix extends FleetError {
  readonly code = "FLEET-20"
  override readonly rpc = -32602
  constructor(kind: "tool" | "prompt", name: string, right: string) {
    super(
      `No ${kind} named \`${clip(name)}\`: its server is mounted under a prefix, where it is \`${right}\`.`,
      {
        fix: `Call it \`${right}\`.`,
      },
    )
  }
}

/** A URI that is only there with the prefix of a mount. */
export class UriWithoutPrefix extends FleetError {
  readonly code = "FLEET-21"
  override readonly rpc = -32602
  constructor(uri: string, right: string) {
    super(`No resource \`${clip(uri)}\`: its server is mounted under a prefix, where it is \`${right}\`.`, {
      fix: `Read \`${right}\`.`,
    })
  }
}
