import { assertOptions, type KnownOptions } from "../components/options.ts"
import { ResponseTooLarge } from "../errors/response-too-large.ts"
import { type Call, complete, type Outcome } from "../protocol/call.ts"
import { toFailure } from "../protocol/dispatcher.ts"
import { defineMiddleware } from "../server/define-middleware.ts"
import { handlerFailure, isFailedResult } from "../server/handler-failure.ts"
import type { Middleware } from "../server/middleware.ts"
import type { MiddlewareServer } from "../server/middleware-view.ts"
import { clip } from "../shared/clip.ts"
import { utf8Length } from "../shared/utf8-length.ts"
import { type Shortening, shortenContent, shortenResource } from "./response-limit-shorten.ts"
import { certainlyFits } from "./response-limit-size.ts"

/** A method whose results can be limited. */
export type LimitedMethod = "tools/call" | "resources/read" | "prompts/get"

/** How large results may be. */
export interface ResponseLimitOptions {
  /** The most bytes of the JSON of a result, at least 1,024. Default 1,000,000. */
  readonly maxBytes?: number
  /** What a text ends with that was cut, of 200 characters at most. Default `\n\n[The rest was left out: the result is too large.]`. */
  readonly suffix?: string
  /** The tools that are limited; an empty list is none. Default: all. */
  readonly tools?: readonly string[]
  /** The methods that are limited. Default: `tools/call`, `resources/read` and `prompts/get`. */
  readonly methods?: readonly LimitedMethod[]
  /**
   * What becomes of structured content that is too large, and can never be cut. `refuse`: the call is answered by an error.
   * `drop`: where the tool declares no output schema, the result goes without it, its texts cut. Default `refuse`.
   */
  readonly structured?: "refuse" | "drop"
}

const limited: readonly LimitedMethod[] = ["tools/call", "resources/read", "prompts/get"]

const known: KnownOptions = {
  kinds: {
    maxBytes: {
      holds: (value) => Number.isSafeInteger(value) && Number(value) >= 1024,
      expected: "a whole number of bytes, 1,024 or more",
    },
    suffix: {
      holds: (value) => typeof value === "string" && value.length <= 200,
      expected: "a text of 200 characters at most",
    },
    tools: "strings",
    methods: {
      // Not one that it does not know how to shorten.
      holds: (value) => Array.isArray(value) && value.every((each) => limited.includes(each)),
      expected: "a list of `tools/call`, `resources/read` and `prompts/get`",
    },
    structured: ["refuse", "drop"],
  },
  foreign: { maxSize: "Use `maxBytes`.", truncationSuffix: "Use `suffix`." },
}

/**
 * Makes the middleware that keeps results from being larger than a client can take. Texts are cut, images and the like are
 * replaced by a note; what cannot be cut without breaking it is answered by an error that says how to ask for less.
 *
 * @param options `maxBytes`, `suffix`, `tools`, `methods` and `structured`. Default: 1,000,000 bytes for all of them.
 * @throws {InvalidOption}
 * @throws {UnknownOption} FLEET-09
 * @see S28/server/tools#output-schema for why structured content is never cut
 * @example
 * const mcp = new FleetMCP("Logs", { middleware: [responseLimit({ maxBytes: 100_000 })] })
 */
export function responseLimit(options: ResponseLimitOptions = {}): Middleware {
  assertOptions("`responseLimit()`", options, known)
  const { methods = limited } = options
  const limits = {
    maxBytes: options.maxBytes ?? 1_000_000,
    suffix: options.suffix ?? "\n\n[The rest was left out: the result is too large.]",
    isDropping: options.structured === "drop",
  }
  const tools = options.tools && new Set(options.tools)
  return defineMiddleware({
    name: "responseLimit",
    after: ["errors", "timing", "logging", "structuredLogging", "audit"],
    attach(server) {
      const limit = async (call: Call, next: () => Promise<Outcome>) =>
        checked({ server, call, limits }, await next())
      return {
        ...(methods.includes("tools/call") && {
          callTool: (call, next) =>
            tools && !tools.has(call.target) ? next() : asToolOutcome(limit(call, next)),
        }),
        ...(methods.includes("resources/read") && {
          readResource: (call, next) => asToolOutcome(limit(call, next)),
        }),
        ...(methods.includes("prompts/get") && {
          getPrompt: (call, next) => asToolOutcome(limit(call, next)),
        }),
      }
    },
  })
}

/** What shortens a result leaves it one of its method, which the compiler cannot see. */
function asToolOutcome<R extends object>(outcome: Promise<Outcome>): Promise<Outcome<R>> {
  return outcome as Promise<Outcome<R>>
}

interface Limiting {
  readonly server: MiddlewareServer
  readonly call: Call
  readonly limits: Shortening & { readonly isDropping: boolean }
}

async function checked(limiting: Limiting, outcome: Outcome): Promise<Outcome> {
  if (outcome.kind !== "complete") return outcome
  const { maxBytes } = limiting.limits
  const { result, serialized } = outcome
  if (certainlyFits(result, maxBytes)) return outcome
  const json = serialized?.result === result ? serialized.json : JSON.stringify(result)
  const bytes = utf8Length(json)
  // What was written to be measured need not be written again.
  if (bytes <= maxBytes) return complete(result, { result, json })
  return (await shortened(limiting, result)) ?? refused(limiting, bytes)
}

async function shortened({ server, call, limits }: Limiting, result: object): Promise<Outcome | undefined> {
  const fields = result as { readonly [member: string]: unknown }
  const short = await shorten()
  return short && complete(short)

  async function shorten(): Promise<object | undefined> {
    if (call.method === "resources/read") return shortenResource(fields, limits)
    if (call.method === "prompts/get")
      return shortenContent(fields, { list: "messages", place: "content" }, limits)
    const { structuredContent, ...rest } = fields
    // An error says nothing that its tool's schema describes.
    const mayCut = isFailedResult(result) || !(await isStructured(structuredContent))
    return mayCut ? shortenContent(rest, { list: "content", place: "item" }, limits) : undefined
  }

  async function isStructured(content: unknown): Promise<boolean> {
    if (content !== undefined && !limits.isDropping) return true
    const tool = await server.find(call)
    return tool?.kind === "tool" && (tool as { readonly outputSchema?: unknown }).outputSchema !== undefined
  }
}

function refused({ call, limits }: Limiting, bytes: number): Outcome {
  const error = new ResponseTooLarge(`\`${clip(call.target)}\``, bytes, limits.maxBytes)
  if (call.method !== "tools/call") return toFailure(error) as Outcome // it has a code for peers
  call.set(handlerFailure, { error, doing: `calling tool '${clip(call.target)}'` })
  return complete({ content: [{ type: "text", text: error.message }], isError: true })
}
