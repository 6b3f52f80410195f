import * as z from "zod"
import type { Tool } from "../../src/components/tool.ts"
import type { FleetMCP } from "../../src/fleet-mcp.ts"
import { accept } from "./asking.ts"
import { call, capable, type Fields, type Rpc } from "./rpc.ts"
import { quietServer } from "./server.ts"

/** A form with one field. */
export const person: z.ZodObject<{ name: z.ZodString }> = z.object({ name: z.string() })

/** A server whose tool greets whom it asks for. */
export function greeter(options: Parameters<typeof quietServer>[0] = {}): FleetMCP<readonly Tool[]> {
  const mcp = quietServer({ secrets: ["a secret that is long enough to be one"], ...options })
  mcp.tool({ name: "greet", input: z.object({ n: z.number().optional() }) }, async (_, ctx) => {
    const answer = await ctx.elicit("Who?", person, { key: "who" })
    return answer.action === "accept" ? `Hello ${answer.data.name}` : answer.action
  })
  return mcp
}

/** The first request to it. */
export const greet: Rpc = call("greet", {}, capable())
/** What Ada answers. */
export const ada: Fields = { who: accept({ name: "Ada" }) }
/** How what it cannot use is refused. */
export const refused: Fields = { code: -32602 }
