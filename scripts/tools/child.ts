import type { ChildProcess } from "node:child_process"
import { createServer } from "node:net"

/** Finds a port of 127.0.0.1 where nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== "object" || address === null) throw new Error("There is no free port on 127.0.0.1.")
  return address.port
}

/** Ends a program, by force when it has not ended after 5 seconds. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once("exit", resolve))
  child.kill("SIGTERM")
  const patience = setTimeout(() => child.kill("SIGKILL"), 5000)
  await ended
  clearTimeout(patience)
}
