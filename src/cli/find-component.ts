import { NotOffered } from "../errors/dialogue.ts"
import { nearestName } from "../shared/nearest-name.ts"
import { type Dialogue, type Json, lists } from "./client/dialogue.ts"

/**
 * Finds a tool or prompt among those that a server lists.
 *
 * @throws {NotOffered} There is none of this name; the error says the nearest one.
 */
export async function findComponent(
  server: Dialogue,
  list: "tools" | "prompts",
  name: string,
): Promise<Json> {
  const offered = await server.list(list)
  const found = offered.find((each) => each.name === name)
  if (found !== undefined) return found
  const names = offered.map((each) => String(each.name))
  throw new NotOffered(lists[list].kind, name, nearestName(name, names))
}
