import { FleetError } from "./fleet-error.ts"

/** A function was called with something else than the HTTP request of a gateway, a function URL or a load balancer. */
export class NotAnHttpEvent extends FleetError {
  readonly code = "NOT_AN_HTTP_EVENT"
  /** `what` came, in words. */
  constructor(what: string) {
    super(`The function was called with ${what}, which no HTTP request has.`, {
      fix: "Put API Gateway, a function URL or a load balancer before it; a test event must look like one of theirs.",
    })
  }
}

/** Answers were to be streamed where nothing can take them. */
export class NoResponseStream extends FleetError {
  readonly code = "NO_RESPONSE_STREAM"
  constructor() {
    super(
      "`lambdaStream()` needs `awslambda.streamifyResponse`, which only AWS Lambda's own Node runtime has.",
      {
        fix: "Use `lambda()` here, which answers whole.",
      },
    )
  }
}
