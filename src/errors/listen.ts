import { FleetError } from "./fleet-error.ts"

/** Something else listens on the port already. */
export class PortInUse extends FleetError {
  readonly code = "FLEET-10"
  readonly port: number
  /** The next port that is free, if one near was. */
  readonly freePort: number | undefined
  constructor(place: { readonly host: string; readonly port: number }, freePort?: number, cause?: unknown) {
    const another = freePort === undefined ? "another port" : `port ${freePort}, which is free`
    super(`Port \`${place.port}\` of \`${place.host}\` is in use.`, {
      fix: `Stop what listens there, or take ${another}; port 0 takes any free one.`,
      cause,
    })
    this.port = place.port
    this.freePort = freePort
  }
}

/** The operating system does not let the server listen there. */
export class CannotListen extends FleetError {
  readonly code = "CANNOT_LISTEN"
  constructor(place: { readonly host: string; readonly port: number }, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause)
    super(`The server cannot listen on \`${place.host}\`, port \`${place.port}\`: ${why}.`, {
      fix: "Give an address of this machine, and a port of 1024 or more, or 0.",
      cause,
    })
  }
}
