import { once } from "node:events"
import { type AddressInfo, connect, createServer, type Socket } from "node:net"

/** What stands before a server: it takes connections and never says a word, until it is told to pass new ones on. */
export interface SilentServer {
  /** The address of the server, by way of this one. */
  readonly url: string
  speak(): void
  stop(): void
}

export async function silentServer(behind: string): Promise<SilentServer> {
  const url = new URL(behind)
  const port = Number(url.port)
  const sockets: Socket[] = []
  let isSilent = true
  function take(socket: Socket): Socket {
    sockets.push(socket)
    // Whichever side is lost, the client hears of it.
    return socket.on("error", () => undefined)
  }
  const server = createServer((incoming) => {
    const client = take(incoming)
    if (isSilent) return void client.resume()
    client.pipe(take(connect(port, "127.0.0.1"))).pipe(client)
  })
  await once(server.listen(0, "127.0.0.1"), "listening")
  // `as`: it listens on a port.
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    speak() {
      isSilent = false
    },
    stop() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
