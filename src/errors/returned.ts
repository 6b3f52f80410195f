import { FleetError } from "./fleet-error.ts"
import { quoted } from "./server.ts"

/** An authenticator said something of a caller that is neither a principal nor a refusal. */
export class InvalidAuthentication extends FleetError {
  readonly code = "INVALID_AUTHENTICATION"
  /** `verdict` is shown by its kind alone: what an authenticator returns may hold a credential. */
  constructor(verdict: unknown) {
    const what =
      typeof verdict === "object" && verdict !== null && "status" in verdict
        ? `a refusal with the status ${quoted(verdict.status)}, which is none of 400, 401, 403, 429 and 503`
        : `${kindOf(verdict)} that \`createPrincipal()\` did not make`
    super(`The authenticator returned ${what}.`, {
      fix: "Let it `return createPrincipal({ … })`, or a refusal such as `{ status: 401 }`.",
    })
  }
}

/** The handler of a route returned something that can be no answer. */
export class NotAResponse extends FleetError {
  readonly code = "NOT_A_RESPONSE"
  constructor(route: string, value: unknown) {
    super(`The route \`${route}\` returned ${kindOf(value)} that is no \`Response\`.`, {
      fix: "Return `new Response(…)` or `Response.json(…)`.",
    })
  }
}

/** A generator handler yielded more values than are collected. */
export class TooManyYields extends FleetError {
  readonly code = "TOO_MANY_YIELDS"
  constructor(subject: string, limit: number) {
    super(`The generator of ${subject} yielded more than ${limit} values.`, {
      fix: "Stop earlier, or return pages with a cursor argument.",
    })
  }
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined || typeof value === "boolean") return `\`${value}\`, a value`
  if (Array.isArray(value)) return "a list"
  return typeof value === "object" ? "an object" : `a ${typeof value}`
}
