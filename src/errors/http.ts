import { FleetError, type HttpAnswer } from "./fleet-error.ts"

/** A route is not written as a method and a path, has no handler, or is served already. */
export class InvalidRoute extends FleetError {
  readonly code = "INVALID_ROUTE"
  /** `what` is wrong with it. Default: its form. */
  constructor(
    route: string,
    what = "is not a route",
    fix = 'Write the method, a space and the path: `"GET /metrics"`.',
  ) {
    super(`\`${route}\` ${what}.`, { fix })
  }
}

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

/** A body is larger than the server takes. */
export class BodyTooLarge extends FleetError {
  readonly code = "BODY_TOO_LARGE"
  override readonly http: HttpAnswer = { status: 413 }
  constructor(limit: number) {
    super(`The body is larger than ${limit} bytes.`)
  }
}

/** The client went away before its whole body had come. */
export class BodyCutOff extends FleetError {
  readonly code = "BODY_CUT_OFF"
  override readonly http: HttpAnswer = { status: 400 }
  constructor(cause?: unknown) {
    super("The body ended before it was complete.", { cause })
  }
}

/** What hosts the server took the body and left nothing to read. */
export class BodyAlreadyRead extends FleetError {
  readonly code = "BODY_ALREADY_READ"
  constructor(where: "node" | "fetch") {
    super("The body was read before the request came here, and what it held was not passed on.", {
      fix:
        where === "node"
          ? "Put the server before what parses bodies, or leave the parsed body as `req.body`."
          : "Pass the request on unread: give whatever reads it a `request.clone()`.",
    })
  }
}
