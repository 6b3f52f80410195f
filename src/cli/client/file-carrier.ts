import { MemoryTransport } from "../../client/memory-carrier.ts"
import { guardStdout } from "../../stdio/guard-stdout.ts"
import { type LoadedServer, loadServer } from "../load/load-server.ts"
import { shownFile } from "../load/place.ts"
import type { Carrier } from "./carrier.ts"

/** How long calls may still take when all is said, in milliseconds. */
const graceMs = 1_000

/** Loads the server that a file exports, and speaks with it in this process. */
export async function openFile(file: string): Promise<Carrier> {
  // Standard output is for results; what a module or a tool prints is none.
  const guard = guardStdout(() => undefined)
  try {
    const loaded = await loadServer(file)
    return await start(loaded, guard.release)
  } catch (error) {
    guard.release()
    throw error
  }
}

async function start({ server, file, dispose }: LoadedServer, release: () => void): Promise<Carrier> {
  const close = async (): Promise<void> => {
    try {
      await server.close({ graceMs })
    } finally {
      await dispose()
      release()
    }
  }
  try {
    await server.start()
  } catch (error) {
    await close()
    throw error
  }
  return {
    transport: new MemoryTransport(server.handler),
    name: shownFile(file),
    hasHeaders: false,
    fingerprints: () => server.fingerprint(),
    explain: () => undefined,
    close,
  }
}
