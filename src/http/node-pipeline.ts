import type { Socket } from "node:net"
import type { Pair } from "./node-gone.ts"

/** How many requests of one connection may be open at a time. */
export const maxPipelined = 100

/** How many responses of a connection wait for another one to be written. */
const queued: WeakMap<Socket, number> = /* @__PURE__ */ new WeakMap()

/**
 * How many requests of its connection are open before this one. `node:http` reads and serves a pipeline as fast as it
 * comes, however slowly the answers go, so that one connection could fill the memory.
 */
export function openBefore({ req, res }: Pair): number {
  // The response at the head of a pipeline has the socket, so that requests one by one cost nothing here.
  if (res.socket !== null) return 0
  const { socket } = req
  const count = (queued.get(socket) ?? 0) + 1
  queued.set(socket, count)
  // Where the connection ends instead, the count goes with it.
  res.once("close", () => queued.set(socket, (queued.get(socket) ?? 1) - 1))
  return count
}
