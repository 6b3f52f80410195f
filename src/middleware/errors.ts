import { assertOptions, type KnownOptions } from "../components/options.ts"
import { InvalidOption } from "../errors/server.ts"
import type { Call } from "../protocol/call.ts"
import { defineMiddleware } from "../server/define-middleware.ts"
import type { Middleware } from "../server/middleware.ts"
import type { MiddlewareServer } from "../server/middleware-view.ts"
import { type AnsweringOptions, createAnswering } from "./errors-answer.ts"
import { type Counts, createCounts } from "./errors-counts.ts"
import type { ErrorRule, ErrorsOptions } from "./errors-options.ts"
import { type CallFailure, failureOf, failureOfThrown, isGivenUp } from "./shared-failure.ts"
import { withHandle } from "./shared-handle.ts"

export type { ErrorRule, ErrorsOptions } from "./errors-options.ts"

/** The middleware, and what it counted. */
export interface Errors {
  /** How many calls failed, by `type:method`, such as `TOOL_ERROR:tools/call`, of all servers that have it. */
  counts(): { readonly [typeAndMethod: string]: number }
  /** Counts anew. */
  reset(): void
}

const ruleKinds: KnownOptions = {
  kinds: {
    type: "function",
    when: "function",
    code: { holds: Number.isSafeInteger, expected: "a whole number" },
    message: {
      holds: (value) => typeof value === "string" || typeof value === "function",
      expected: "a string or a function",
    },
    http: "object",
  },
}

const known: KnownOptions = {
  kinds: {
    rules: "list",
    mask: {
      holds: (value) => typeof value === "boolean" || typeof value === "function",
      expected: "`true`, `false` or a function",
    },
    onError: "function",
    maxCounts: "count",
  },
  foreign: {
    transformErrors: "Use `rules`.",
    includeTraceback: "The server's log has the whole error.",
    errorCallback: "Use `onError`.",
    callback: "Use `onError`.",
  },
}

/**
 * Makes the middleware that words errors for clients, counts them and tells others of them, as the outermost. It sees what
 * handlers threw, also of tools, whose results carry words only.
 *
 * @param options `rules`, `mask`, `onError` and `maxCounts`. Default: errors of handlers are masked and counted.
 * @throws {InvalidOption} A rule says not which errors it is for, or nothing of them.
 * @throws {UnknownOption} FLEET-09
 * @see S28/server/tools#error-handling
 * @example
 * class NotFound extends Error {}
 * const failures = errors({ rules: [{ type: NotFound, message: "There is no such order." }] })
 * const mcp = new FleetMCP("Orders", { middleware: [failures] })
 * console.error(failures.counts())
 */
export function errors(options: ErrorsOptions = {}): Middleware & Errors {
  assertOptions("`errors()`", options, known)
  const { rules = [], mask = true, onError, maxCounts = 1000 } = options
  rules.forEach(assertRule)
  const counts = createCounts(maxCounts)
  const middleware = defineMiddleware({
    name: "errors",
    before: [
      ...["timing", "logging", "structuredLogging", "audit", "auth", "rateLimit", "slidingWindow", "cache"],
      ...["responseLimit", "validateOutputs"],
    ],
    attach: (server) => hooksFor(server, { rules, mask, onError, counts }),
  })
  return withHandle(middleware, { counts: counts.all, reset: counts.reset })
}

interface HookOptions extends AnsweringOptions {
  readonly onError: ErrorsOptions["onError"]
  readonly counts: Counts
}

function hooksFor(server: MiddlewareServer, options: HookOptions): Pick<Middleware, "request"> {
  const { onError, counts } = options
  const answering = createAnswering(options, server.log)

  function note(call: Call, failure: CallFailure, told: unknown): void {
    counts.add(failure, call.method)
    if (onError === undefined) return
    const report = (error: unknown) =>
      server.log({ level: "error", message: "`onError` of the middleware `errors` failed", error })
    try {
      // Whatever it returns, a thenable of another library too.
      Promise.resolve(onError(failure.error ?? told, call)).catch(report)
    } catch (error) {
      report(error)
    }
  }

  return {
    async request(call, next) {
      try {
        const outcome = await next()
        if (outcome.kind !== "failure") counts.learn(call.method)
        const failure = failureOf(call, outcome)
        if (failure === undefined || isGivenUp(failure.error)) return outcome
        // Only failures and complete results are said to have failed.
        note(call, failure, outcome.kind === "failure" ? outcome.error : outcome)
        return answering.reword(call, outcome, failure)
      } catch (error) {
        const failure = failureOfThrown(call, error)
        if (failure === undefined || isGivenUp(error)) throw error
        note(call, failure, error)
        const answer = answering.answer(call, failure)
        if (answer === undefined) throw error
        return answer
      }
    },
  }
}

function assertRule(rule: ErrorRule, index: number): void {
  const subject = `The rule \`rules[${index}]\` of \`errors()\``
  assertOptions(subject, rule, ruleKinds)
  const { type, when, code, message, http } = rule
  if ((type === undefined) === (when === undefined))
    throw new InvalidOption(subject, "for no errors", "Give `type`, a class, or `when`, a function.")
  if (code === undefined && (message === undefined || http !== undefined))
    throw new InvalidOption(subject, "without an answer", "Give `code`, or `message` without `http`.")
}
