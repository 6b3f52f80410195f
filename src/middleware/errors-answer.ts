import { HandlerFailed } from "../errors/handler-failed.ts"
import type { Call, Failure, Outcome } from "../protocol/call.ts"
import { toFailure } from "../protocol/dispatcher.ts"
import { messageOf } from "../server/handler-error.ts"
import { handlerFailure } from "../server/handler-failure.ts"
import type { ServerLog } from "../server/server-log.ts"
import { isThenable } from "../shared/maybe-promise.ts"
import type { ErrorRule, ErrorsOptions } from "./errors-options.ts"
import type { CallFailure } from "./shared-failure.ts"

/** What decides what is told of an error. */
export interface AnsweringOptions {
  readonly rules: readonly ErrorRule[]
  readonly mask: NonNullable<ErrorsOptions["mask"]>
}

/** Says what clients are told of failures. */
export interface Answering {
  /** Makes the answer to a call that middleware threw out of; `undefined` where no rule says one. */
  answer(call: Call, failure: CallFailure): Outcome | undefined
  /** Makes the outcome that says of its failure what may be said. */
  reword(call: Call, outcome: Outcome, failure: CallFailure): Outcome
}

export function createAnswering({ rules, mask }: AnsweringOptions, log: ServerLog): Answering {
  /** Runs what the rules' author wrote; where that fails, it says nothing. */
  function ask<T>(what: string, run: () => T): T | undefined {
    try {
      return run()
    } catch (error) {
      log({ level: "error", message: `\`${what}\` of the middleware \`errors\` failed`, error })
      return undefined
    }
  }

  function match(failure: CallFailure): Matched | undefined {
    if (failure.error === undefined || rules.length === 0) return undefined
    const chain = chainOf(failure.error)
    for (const rule of rules) {
      const { type, when } = rule
      const error = chain.find((one) =>
        type === undefined
          ? // A promise is no answer, and must not be taken for yes.
            ask("when", () => when?.(one) as unknown) === true
          : ask("type", () => one instanceof type),
      )
      if (error !== undefined) return { rule, error }
    }
    return undefined
  }

  function messageFor({ rule, error }: Matched): string | undefined {
    const { message } = rule
    if (typeof message !== "function") return message
    const text: unknown = ask("message", () => message(error))
    return typeof text === "string" ? text : undefined
  }

  function isMasked(error: unknown, call: Call): boolean {
    if (typeof mask === "boolean") return mask
    const verdict: unknown = ask("mask", () => mask(error, call))
    // An error, or a promise, shows nothing to anybody.
    if (isThenable(verdict)) void Promise.resolve(verdict).catch(() => undefined)
    return verdict !== false
  }

  return {
    answer(_call, failure) {
      const matched = match(failure)
      if (matched === undefined) return undefined
      const usual = toFailure(failure.error)
      const text = messageFor(matched) ?? usual?.error.message ?? "The server failed."
      return failureFor(matched.rule, { text, failure, usual })
    },
    reword(call, outcome, failure) {
      const masked = withText(outcome, textFor(call, outcome, isMasked))
      const matched = match(failure)
      if (matched === undefined) return masked
      const text = messageFor(matched)
      if (matched.rule.code === undefined) return withText(masked, text)
      const usual = masked.kind === "failure" ? masked : undefined
      return failureFor(matched.rule, { text: text ?? textOf(masked) ?? "The tool failed.", failure, usual })
    },
  }
}

interface Matched {
  readonly rule: ErrorRule
  /** The one of the chain that fits. */
  readonly error: unknown
}

interface Told {
  readonly text: string
  readonly failure: CallFailure
  /** What would have been answered. */
  readonly usual: Failure | undefined
}

function failureFor({ code, http }: ErrorRule, { text, failure, usual }: Told): Outcome {
  const error = { ...usual?.error, code: code ?? failure.code ?? -32603, message: text }
  return {
    kind: "failure",
    error,
    cause: failure.error,
    http: http ?? (code === undefined ? usual?.http : undefined),
  }
}

/**
 * What is told of an error of a handler that is masked, or shown where the server would not. Words that are meant for
 * clients, or that are another's, stay.
 */
function textFor(
  call: Call,
  outcome: Outcome,
  isMasked: (error: unknown, call: Call) => boolean,
): string | undefined {
  const failed = call.get(handlerFailure)
  const isAboutIt =
    outcome.kind === "complete" || (outcome.kind === "failure" && outcome.cause instanceof HandlerFailed)
  if (failed === undefined || !isAboutIt) return undefined
  const { error, doing } = failed
  const masked = `Error ${doing}`
  const shown = `${masked}: ${messageOf(error)}`
  const told = textOf(outcome)
  if (told !== masked && told !== shown) return undefined
  return isMasked(error, call) ? masked : shown
}

/** The one text of an outcome; `undefined` where it says more. */
function textOf(outcome: Outcome): string | undefined {
  if (outcome.kind === "failure") return outcome.error.message
  if (outcome.kind !== "complete" || !("content" in outcome.result)) return undefined
  const { content } = outcome.result
  if (!Array.isArray(content) || content.length !== 1) return undefined
  const text: unknown = content[0]?.text
  return typeof text === "string" ? text : undefined
}

function withText(outcome: Outcome, text: string | undefined): Outcome {
  if (text === undefined || text === textOf(outcome)) return outcome
  if (outcome.kind === "failure") return { ...outcome, error: { ...outcome.error, message: text } }
  if (outcome.kind !== "complete") return outcome
  // What says that its tool failed need not be what the tool was to return.
  const { structuredContent: _, ...rest } = outcome.result as { readonly structuredContent?: unknown }
  return { kind: "complete", result: { ...rest, content: [{ type: "text", text }] } }
}

/** How many causes are looked at. */
const longestChain = 16

/** An error, what caused it, and so on; also what several errors were joined into. */
function chainOf(error: unknown): readonly unknown[] {
  const chain = [error]
  for (let at = 0; at < chain.length && chain.length < longestChain; at++) {
    for (const cause of causesOf(chain[at])) {
      if (cause !== undefined && !chain.includes(cause) && chain.length < longestChain) chain.push(cause)
    }
  }
  return chain
}

function causesOf(error: unknown): readonly unknown[] {
  try {
    if (error instanceof AggregateError) return [error.cause, ...error.errors]
    return error instanceof Error ? [error.cause] : []
  } catch {
    // A getter that throws says nothing of what the cause was.
    return []
  }
}
