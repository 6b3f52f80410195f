import { createContextStore } from "../server/context-store.ts"

// Not the context of OpenTelemetry: where only metrics are registered it has none.
const store = /* @__PURE__ */ createContextStore(globalThis as Parameters<typeof createContextStore>[0])

/**
 * Does work of whose calls there are no spans and metrics of ours, such as a health check that calls a tool. What
 * others record goes on. Without `AsyncLocalStorage` it lasts until the first `await`.
 *
 * @param work What to do. Its value is given back.
 * @example
 * const isUp = await suppress(() => mcp.callTool("ping").then(() => true, () => false))
 */
export function suppress<T>(work: () => T): T {
  return store.run(store, work, undefined)
}

export function isSuppressed(): boolean {
  return store.get() !== undefined
}
