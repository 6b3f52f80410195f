/** The child's side: reads its configuration, says it is ready, and reports its own CPU time and memory when asked. */

/** `{ port, tools, resources, prompts }`, as the parent gave it. */
export const config = JSON.parse(process.argv[2] ?? '{"port":0,"tools":4,"resources":0,"prompts":0}')

/**
 * Tells the parent that this variant serves `path` and speaks the revision `wire`: `"2026-07-28"` is driven
 * stateless, an older one with one `initialize` and then the session header, if one was minted.
 */
export function ready({ wire, path = "/mcp" }) {
  process.on("message", (message) => {
    if (message === "usage") process.send({ usage: process.cpuUsage() })
    if (message === "memory") process.send({ memory: memory() })
  })
  process.on("disconnect", () => process.exit(0))
  process.send?.({ ready: true, wire, path })
}

/** The bytes that are in use, once what is not has been collected. */
function memory() {
  // Twice: what is finalized by the first is freed by the second.
  globalThis.gc()
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Listens on loopback and says ready. */
export function listen(server, description) {
  server.listen(config.port, "127.0.0.1", () => ready(description))
}
