// #region sync
import type { Client } from "@modelcontextprotocol/client"
import { listSkills, type SyncedSkills, syncSkills } from "fleetmcp/client/skills"

/** Brings the skills of a server to a folder of this machine. */
export async function bring(client: Client, folder: string): Promise<SyncedSkills> {
  const server = {
    listResources: async () => (await client.listResources()).resources,
    readResource: (uri: string) => client.readResource({ uri }),
  }
  for (const { name, description } of await listSkills(server)) console.error(name, description)
  return await syncSkills(server, folder)
}
// #endregion
