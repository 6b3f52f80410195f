import type { Core } from "./core.ts"
import { assertShape, hookNames, kits, type Middleware, needsMore } from "./middleware.ts"
import { assertInOrder } from "./middleware-order.ts"
import { assertAlone, attach } from "./middleware-server.ts"

/**
 * Types a middleware as it is written and checks it.
 *
 * @throws {UnknownOption} FLEET-09: a hook does not exist.
 * @throws {InvalidOption} A hook is no function, or all is one function and not an object of hooks.
 * @see FLEET-18 for where it stands among others: `before`, `after`, `provides` and `requires`.
 * @example
 * const timing = defineMiddleware({
 *   name: "timing",
 *   async callTool(call, next) {
 *     const started = performance.now()
 *     const outcome = await next()
 *     console.error(`${call.target}: ${performance.now() - started} ms`)
 *     return outcome
 *   },
 * })
 */
export function defineMiddleware(middleware: Middleware): Middleware {
  assertShape(middleware)
  assertAlone(middleware, hookNames)
  if (needsMore(middleware)) kits.set(middleware, { assertInOrder, attach: attachChecked })
  return middleware
}

function attachChecked(layer: Middleware, core: object): Middleware {
  // The engine gives its own.
  const own = attach(layer, core as Core)
  assertShape(own)
  return own
}
