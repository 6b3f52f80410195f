import type { IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"

/** One request and its response. */
export interface Pair {
  readonly req: IncomingMessage
  readonly res: ServerResponse
}

/** What is to be told of the end of a connection by those that wait on it. */
const waiting: WeakMap<Socket, Set<() => void>> = /* @__PURE__ */ new WeakMap()

/** Whether the client of a request has left. */
export function isGone({ req, res }: Pair): boolean {
  return res.destroyed || req.socket.destroyed
}

/** Calls `run` when the client leaves before it has the whole answer; at once if it has left. */
export function whenGone(pair: Pair, run: () => void): void {
  const { req, res } = pair
  if (isGone(pair)) {
    run()
    return
  }
  const check = () => {
    if (!res.writableFinished) run()
  }
  // Not by `once`, which makes more objects: it comes but once.
  res.on("close", check)
  // In a pipeline, behind other responses, it has no socket yet, and `node:http` would never tell it of the end.
  if (res.socket === null) waitOn(req.socket, res, check)
}

/** Waits for the end of a connection, with one listener for all that do. */
function waitOn(socket: Socket, res: ServerResponse, check: () => void): void {
  const present = waiting.get(socket)
  const checks = present ?? new Set<() => void>()
  checks.add(check)
  res.once("close", () => checks.delete(check))
  if (present !== undefined) return
  waiting.set(socket, checks)
  socket.once("close", () => {
    for (const each of checks) each()
  })
}
