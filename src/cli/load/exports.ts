import { isServer } from "../../shared/server-brand.ts"
import type { Namespace } from "./import-module.ts"

/** Where a server is looked for, in this order. */
export const serverNames: readonly string[] = ["default", "mcp", "server", "app"]

/** What a module exports; where it is CommonJS, what `module.exports` holds. */
export function exportsOf(namespace: Namespace): Namespace {
  const { default: whole } = namespace
  if (isServer(whole) || typeof whole !== "object" || whole === null || !isPlain(whole)) return namespace
  const inner: Namespace = { ...whole }
  // Compiled from an ES module, it says itself what its default is.
  const { __esModule: isCompiled, ...rest } = inner
  if (isCompiled !== true && Object.keys(namespace).some((name) => name !== "default" && !(name in inner)))
    return namespace
  return isHandler(whole) ? namespace : rest
}

/** Tells whether a value makes a server when it is called: a function, but no class and no web application. */
export function isFactory(value: unknown): value is () => unknown {
  return typeof value === "function" && !isClass(value) && !has(value, "listen") && !has(value, "fetch")
}

/** Tells whether a value is what `mcp.http()` makes, or another that answers requests. */
export function isHandler(value: unknown): value is object {
  return has(value, "fetch") && !isServer(value)
}

/** Says what a value is, for people. */
export function kindOf(value: unknown): string {
  if (isServer(value)) return "a server"
  if (has(value, "fetch") && has(value, "node")) return "a handler of `mcp.http()`"
  if (has(value, "connect") && (has(value, "registerTool") || has(value, "setRequestHandler")))
    return "a server of the official SDK"
  if (has(value, "listen") && has(value, "use")) return "a web application"
  if (has(value, "fetch")) return "a `fetch` handler"
  if (typeof value === "function") return isClass(value) ? "a class" : "a function"
  if (value instanceof Promise) return "a promise"
  if (Array.isArray(value)) return "a list"
  if (value === undefined || value === null) return String(value)
  return typeof value === "object" ? "an object" : `a ${typeof value}`
}

function has(value: unknown, method: string): boolean {
  const isThing = (typeof value === "object" && value !== null) || typeof value === "function"
  // Whatever it is, only the kind of one member is looked at.
  return isThing && typeof (value as { readonly [name: string]: unknown })[method] === "function"
}

function isClass(value: object): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value))
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
