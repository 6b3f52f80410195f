import type { FleetMCP } from "../../src/index.ts"
import type { ConnectOptions, TestClient } from "../../src/testing/index.ts"
import type { EraTools } from "./eras.ts"
import { recording, type Sent } from "./recording.ts"
import { addQuestions, addWorld, worldOptions } from "./world.ts"

/** JSON, as it came from the server. */
export type Fields = { readonly [name: string]: unknown }

/** A server of everything, a client of it, and all that the server sent. */
export interface Visit {
  readonly mcp: FleetMCP
  readonly client: TestClient
  readonly sent: readonly Sent[]
}

/** Connects a client of the revision to a server that has everything. */
export async function visit(t: EraTools, options?: ConnectOptions): Promise<Visit> {
  const mcp = t.server(worldOptions)
  addWorld(mcp)
  addQuestions(mcp)
  const sent: Sent[] = []
  const client = await t.connectTo(recording(await t.reach(mcp), sent), options)
  return { mcp, client, sent }
}

/** A client that answers every question. */
export const answering: ConnectOptions = {
  elicitation: (request) =>
    "url" in request
      ? { action: "accept" }
      : { action: "accept", content: { name: "Ada", color: "r", sizes: ["s"] } },
  sampling: () => "yes",
  roots: ["file:///home/ada"],
}

/** What stays of fields where a revision knows them. */
export const kept = <T extends object>(isKnown: boolean, fields: T): T | undefined =>
  isKnown ? fields : undefined
