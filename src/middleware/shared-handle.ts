import type { Middleware } from "../server/middleware.ts"

/** Adds what its owner may ask of a middleware. Not enumerable: what a server finds in a middleware must be a hook. */
export function withHandle<Handle extends object>(
  middleware: Middleware,
  handle: Handle,
): Middleware & Handle {
  for (const [name, value] of Object.entries(handle)) Object.defineProperty(middleware, name, { value })
  // It has them now.
  return middleware as Middleware & Handle
}
