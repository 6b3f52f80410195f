/** Under Symbol.for, so that a server made by another copy of this package is known too. */
export const kServer: unique symbol = /* @__PURE__ */ Symbol.for("fleetmcp.server")

/** Tells whether a value is a server of this package, whichever copy of it made it. */
export function isServer(value: unknown): value is object {
  return typeof value === "object" && value !== null && kServer in value
}
