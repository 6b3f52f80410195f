import type { Middleware } from "../server/middleware.ts"

/** Gives a middleware methods that are no hooks: a server refuses hooks that it does not know, and must not see them. */
export function withMethods<Methods extends object>(
  middleware: Middleware,
  methods: Methods,
): Middleware & Methods {
  const hidden = Object.entries(methods).map(([name, value]) => [name, { value }] as const)
  Object.defineProperties(middleware, Object.fromEntries(hidden))
  // It has them all now.
  return middleware as Middleware & Methods
/** Adds what its owner may ask of a middleware. Not enumerable: what a server finds in a middleware must be a hook. */
export function withHandle<Handle extends object>(
  handle: Handle,
): Middleware & Handle {
  for (const [name, value] of Object.entries(handle)) Object.defineProperty(middleware, name, { value })
  // It has them now.
  return middleware as Middleware & Handle
}
