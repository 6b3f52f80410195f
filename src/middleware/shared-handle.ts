import type { Middleware } from "../server/middleware.ts"

/** Adds what its owner may ask of a middleware. Not enumerable: what a server finds in a middleware must be a hook. */
export function withHandle<Handle extends object>(
  middleware: Middleware,
  handle: Handle,
): Middleware & Handle {
  const members = Object.entries(handle).map(([name, value]) => [name, { value }] as const)
  Object.defineProperties(middleware, Object.fromEntries(members))
  // It has them now.
  return middleware as Middleware & Handle
}
