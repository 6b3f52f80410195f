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
