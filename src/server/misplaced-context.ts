import { handlerOf } from "../components/define-component.ts"
import { ArgumentsTakenForContext } from "../errors/context.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import type { Owner } from "./watch.ts"

/** A run of a handler that failed. */
export interface FailedRun {
  readonly owner: Owner & { readonly inputSchema?: { readonly [keyword: string]: unknown } }
  /** What it was given. */
  readonly input: unknown
}

/**
 * Says of an error that the handler took its first parameter, the arguments, for the context; where it is that. Its
 * source tells: it has one parameter, and asks it for what contexts have and these arguments have not.
 *
 * @param context Has what contexts have.
 */
export function explained(error: TypeError, { owner, input }: FailedRun, context: object): unknown {
  const handler = handlerOf(owner)
  if (handler?.length !== 1) return error
  const { properties } = owner.inputSchema ?? {}
  const isArgument = (name: string) => [input, properties].some((given) => isObject(given) && name in given)
  const used = usedOfFirst(Function.prototype.toString.call(handler)).find(
    (name) => name in context && !isArgument(name),
  )
  if (used === undefined) return error
  return new ArgumentsTakenForContext(`${owner.kind} \`${owner.id}\``, used, error)
}

/** The members that a function takes of its first parameter, by its source. */
function usedOfFirst(source: string): readonly string[] {
  const end = source.search(/\)|=>/)
  const head = source.slice(0, end)
  const parameter = head
    .slice(head.indexOf("(") + 1)
    .replace(/^async\s/, "")
    .trim()
  if (parameter.startsWith("{"))
    return [...parameter.matchAll(/[{,]\s*([\w$]+)/g)].map(([, name = ""]) => name)
  if (!/^[\w$]+$/.test(parameter)) return []
  const used = new RegExp(`(?<![\\w$.])${parameter.replaceAll("$", "\\$")}\\s*\\??\\.\\s*([\\w$]+)`, "g")
  return [...source.slice(end).matchAll(used)].map(([, name = ""]) => name)
}
