import { once } from "node:events"
import type { Server } from "node:http"
import type { AddressInfo } from "node:net"
import type { Served } from "../runtimes/served.ts"

/** Has a server listen that some framework made. */
export async function listening(server: Server): Promise<Served> {
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  // Listening on a port, it has an address with one.
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
