import type { Context, FleetMCP } from "../../src/index.ts"
import { RequestFailed, type TestClient } from "../../src/testing/index.ts"

/** Where a handler may stand: what it does is to be the same in all of them. */
export interface Place {
  readonly name: string
  /** Lets a server run a handler that makes a text. */
  readonly add: (mcp: FleetMCP, run: (ctx: Context) => Promise<string>) => void
  /** Gives its text, or what the client is told went wrong. */
  readonly call: (client: TestClient) => Promise<string>
}

export const places: readonly Place[] = [
  {
    name: "tool",
    add: (mcp, run) => void mcp.tool({ name: "place" }, (_, ctx) => run(ctx)),
    call: (client) =>
      told(async () => {
        const [block] = (await client.callTool("place")).content
        return block?.type === "text" ? block.text : ""
      }),
  },
  {
    name: "resource",
    add: (mcp, run) => void mcp.resource("place://here", (_, ctx) => run(ctx)),
    call: (client) =>
      told(async () => {
        const [contents] = (await client.readResource("place://here")).contents
        return contents !== undefined && "text" in contents ? contents.text : ""
      }),
  },
  {
    name: "prompt",
    add: (mcp, run) => void mcp.prompt({ name: "place" }, (_, ctx) => run(ctx)),
    call: (client) =>
      told(async () => {
        const content = (await client.getPrompt("place")).messages[0]?.content
        return content?.type === "text" ? content.text : ""
      }),
  },
]

async function told(text: () => Promise<string>): Promise<string> {
  try {
    return await text()
  } catch (error) {
    if (error instanceof RequestFailed) return error.error.message
    throw error
  }
}
