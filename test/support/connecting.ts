import { onTestFinished } from "vitest"
import { type Connection, type OpenOptions, openConnection } from "../../src/client/connection.ts"
import { type Target, toPlaces } from "../../src/client/target.ts"

/** The fixture server, as a command. */
export const child = {
  command: process.execPath,
  args: ["--import", "tsx", new URL("../client/fixtures/server.ts", import.meta.url).pathname],
}

/** Opens a connection to one server, which ends with the test. */
export async function opened(target: Target, options: OpenOptions = {}): Promise<Connection> {
  const [found] = await toPlaces(target)
  if (found === undefined) throw new TypeError("no place")
  const connection = await openConnection(found.place, { verdicts: false, ...options })
  onTestFinished(() => connection.close())
  return connection
}
