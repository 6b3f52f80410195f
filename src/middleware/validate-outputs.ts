import { assertOptions, type KnownOptions } from "../components/options.ts"
import { InvalidOutput } from "../errors/invalid-output.ts"
import { type Call, complete, type Outcome } from "../protocol/call.ts"
import { compileSchema } from "../schema/compile.ts"
import { describeIssues, type Validated } from "../schema/issue.ts"
import { createPeer } from "../schema/peer.ts"
import type { JsonSchema } from "../schema/schema.ts"
import { defineMiddleware } from "../server/define-middleware.ts"
import { handlerFailure, isFailedResult } from "../server/handler-failure.ts"
import type { Middleware } from "../server/middleware.ts"
import type { MiddlewareServer } from "../server/middleware-view.ts"
import { newErrorId } from "../server/server-log.ts"
import { clip } from "../shared/clip.ts"
import type { MaybePromise } from "../shared/maybe-promise.ts"
import type { CallToolResult } from "../spec/index.ts"

/** Whose results are checked. */
export interface ValidateOutputsOptions {
  /** The tools whose results are checked. Default: all that declare an output schema. */
  readonly tools?: readonly string[]
  /**
   * What becomes of results whose schema cannot be checked safely, such as one with a pattern that could hang. `pass`: they
   * go to the client, and the log says so once. `refuse`: they are answered by an error. Default `pass`.
   */
  readonly unusable?: "pass" | "refuse"
}

const known: KnownOptions = { kinds: { tools: "strings", unusable: ["pass", "refuse"] } }

/**
 * Makes the middleware that checks what tools return against the output schemas that they declare, wherever it comes from:
 * another server, a cache, other middleware. What breaks its schema is logged and answered by an error result.
 *
 * @param options `tools` and `unusable`. Default: all tools are checked.
 * @throws {InvalidOption}
 * @throws {UnknownOption} FLEET-09
 * @see S28/server/tools#output-schema
 * @example
 * const mcp = new FleetMCP("Gateway", { middleware: [validateOutputs()] })
 */
export function validateOutputs(options: ValidateOutputsOptions = {}): Middleware {
  assertOptions("`validateOutputs()`", options, known)
  const { unusable = "pass" } = options
  const tools = options.tools && new Set(options.tools)
  return defineMiddleware({
    name: "validateOutputs",
    after: ["errors", "timing", "logging", "structuredLogging", "audit"],
    attach(server) {
      const validatorFor = createValidators(server)
      return {
        async callTool(call, next) {
          const outcome = await next()
          if (outcome.kind !== "complete" || isFailedResult(outcome.result)) return outcome
          if (tools !== undefined && !tools.has(call.target)) return outcome
          const schema = await schemaOf(server, call)
          if (schema === undefined) return outcome
          const validate = validatorFor(schema, call)
          if (validate === undefined)
            return unusable === "pass" ? outcome : refused(server, call, "cannot be checked")
          const problem = await problemOf(outcome.result, validate)
          return problem === undefined ? outcome : refused(server, call, problem)
        },
      }
    },
  })
}

type Validate = (value: unknown) => MaybePromise<Validated>

async function schemaOf(server: MiddlewareServer, call: Call): Promise<JsonSchema | undefined> {
  const tool = await server.find(call)
  // Every component that is a tool has it, or says that it has none.
  return tool?.kind === "tool" ? (tool as { readonly outputSchema?: JsonSchema }).outputSchema : undefined
}

/** Makes validators, once for each schema, for as long as somebody has it. */
function createValidators(
  server: MiddlewareServer,
): (schema: JsonSchema, call: Call) => Validate | undefined {
  const validators = new WeakMap<JsonSchema, { readonly validate: Validate | undefined }>()

  function compile(schema: JsonSchema, call: Call): Validate | undefined {
    const subject = `tool \`${clip(call.target)}\` output`
    try {
      // Whoever wrote it: one of another server must neither hang this one nor run code in it.
      return compileSchema(schema, { side: "output", subject, origin: createPeer() }).validate
    } catch (error) {
      server.log({ level: "warning", message: `The ${subject} cannot be checked`, error })
      return undefined
    }
  }

  return (schema, call) => {
    let found = validators.get(schema)
    if (found === undefined) {
      found = { validate: compile(schema, call) }
      validators.set(schema, found)
    }
    return found.validate
  }
}

/** Says what is wrong with a result; a schema that is declared must be kept, and by something. */
async function problemOf(result: CallToolResult, validate: Validate): Promise<string | undefined> {
  const { structuredContent } = result
  if (structuredContent === undefined) return "expected structured content, got none"
  const verdict = await validate(structuredContent)
  return verdict.ok ? undefined : describeIssues(verdict.issues)
}

function refused(server: MiddlewareServer, call: Call, problem: string): Outcome<CallToolResult> {
  const name = clip(call.target)
  const error = new InvalidOutput(`tool \`${name}\``, problem)
  const errorId = newErrorId()
  const doing = `calling tool '${name}'`
  server.log({ level: "error", message: `Error ${doing}`, errorId, error })
  call.set(handlerFailure, { error, doing })
  // What is wrong is the server's business: issues quote what no schema lets out.
  const text = `Error ${doing}: it returned what its output schema refuses.`
  return complete({
    content: [{ type: "text", text }],
    isError: true,
    _meta: { "fleetmcp/errorId": errorId },
  })
}
