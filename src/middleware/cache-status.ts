import { type ContextKey, contextKey } from "../components/context.ts"

/** How a call was answered: from memory, by running it since nothing was kept, or by running what is not kept at all. */
export type CacheStatus = "hit" | "miss" | "bypass"

/**
 * Names how `cache()` answered a call. It is in the call once `next()` of what stands further out has returned.
 *
 * @example
 * const report = defineMiddleware({
 *   name: "report",
 *   async callTool(call, next) {
 *     const outcome = await next()
 *     console.error(call.target, call.get(cacheStatus))
 *     return outcome
 *   },
 * })
 */
export const cacheStatus: ContextKey<CacheStatus> = /* @__PURE__ */ contextKey("cacheStatus")
