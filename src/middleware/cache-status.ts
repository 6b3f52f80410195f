import { type ContextKey, contextKey } from "../components/context.ts"

/** What the cache did for a call: it answered, it asked further in, or it had no part in it. */
export const cacheStatus: ContextKey<"hit" | "miss" | "bypass"> = /* @__PURE__ */ contextKey("cacheStatus")
