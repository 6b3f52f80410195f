import type { Context } from "../components/context.ts"
import { CallContext } from "../server/context.ts"
import { wholeParam, wholeView } from "../server/core.ts"
import type { CallToolResult, Tool as WireTool } from "../spec/index.ts"

/** How many pages are gone through: middleware may make a list without an end. */
const mostPages = 1000

/**
 * Lists all tools that the caller of a context may see, as the server shows them: middleware for lists, auth checks and
 * the visibility of the session hold. Nobody else's names or schemas are in it. While nothing changes it is the same array.
 */
export async function toolsSeen(ctx: Context): Promise<readonly WireTool[]> {
  const first = await pageOf(ctx, undefined)
  if (first.nextCursor === undefined) return first.tools
  const all = [...first.tools]
  let cursor: unknown = first.nextCursor
  for (let pages = 1; cursor !== undefined && pages < mostPages; pages++) {
    const page = await pageOf(ctx, cursor)
    all.push(...page.tools)
    cursor = page.nextCursor
  }
  return all
}

/** Calls a tool as the caller of a context, also one that lists leave out. */
export async function callSeen(ctx: Context, name: string, args: object): Promise<CallToolResult> {
  const params = { name, arguments: args, [wholeParam]: wholeView }
  // What answers `tools/call` is the result of a tool.
  return (await CallContext.request(ctx, "tools/call", params)) as CallToolResult
}

interface ToolPage {
  readonly tools: readonly WireTool[]
  readonly nextCursor?: unknown
}

async function pageOf(ctx: Context, cursor: unknown): Promise<ToolPage> {
  const params = { ...(cursor === undefined ? undefined : { cursor }), [wholeParam]: wholeView }
  // What answers `tools/list` has its list.
  return (await CallContext.request(ctx, "tools/list", params)) as ToolPage
}
