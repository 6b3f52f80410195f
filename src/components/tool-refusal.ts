import { InvalidOutput } from "../errors/invalid-output.ts"
import { describeIssues, expectedIssue, type Issue } from "../schema/issue.ts"
import type { CallToolResult } from "../spec/index.ts"

/** @throws {InvalidOutput} */
export function refuseOutput(subject: string, issues: readonly Issue[]): never {
  throw new InvalidOutput(subject, describeIssues(issues))
}

/**
 * Clients may count on structured content where an output schema is advertised.
 *
 * @throws {InvalidOutput}
 * @see S28/server/tools#output-schema
 */
export function refuseNothing(subject: string): never {
  refuseOutput(subject, [nothing()])
}

/** @throws {InvalidOutput} */
export function refuseContent(subject: string): never {
  const message =
    "expected data, got content; return both in `new ToolResult({ content, structuredContent })`"
  refuseOutput(subject, [{ ...nothing(), message }])
}

function nothing(): Issue {
  return expectedIssue([], "data", undefined)
}

/**
 * Bad arguments are a result the model can read and mend, not a protocol error.
 *
 * @see S28/server/tools#error-handling
 */
export function issuesResult(subject: string, issues: readonly Issue[]): CallToolResult {
  const text = `Invalid arguments for ${subject}:\n${describeIssues(issues)}`
  return {
    content: [{ type: "text", text }],
    isError: true,
    // Issues are JSON, which the type of `_meta` cannot see.
    _meta: { "fleetmcp/issues": issues } as NonNullable<CallToolResult["_meta"]>,
  }
}
