import type { Observation } from "./observe.ts"

/** One thing that two answers do not have in common. */
export interface Difference {
  /** Where: `answer`, a header, or a path into the messages such as `messages[0].result.tools[1].title`. */
  readonly at: string
  readonly ours: string
  readonly theirs: string
}

/**
 * Lists what two answers do not have in common. Where already their kinds differ (a result and an error, say) that
 * is the one difference, since all that follows from it says nothing more.
 */
export function compare(ours: Observation, theirs: Observation): readonly Difference[] {
  const [a, b] = [summary(ours), summary(theirs)]
  if (a !== b) return [{ at: "answer", ours: a + errorData(ours), theirs: b + errorData(theirs) }]
  return [
    ...compareValues("header", ours.headers, theirs.headers),
    ...compareValues("messages", ours.messages.map(normalize), theirs.messages.map(normalize)),
  ]
}

/** Says in a few words what kind of answer it is: `400 error -32602`, `200 result input_required`. */
function summary({ status, kind, messages }: Observation): string {
  if (kind === "empty" || kind === "hang" || kind === "text") return `${status} ${kind}`
  const parts = messages.map(messageSummary)
  return `${status} ${kind === "stream" ? "stream " : ""}${parts.join(" + ")}`
}

/** The data of an error, which tells apart errors of one code. */
function errorData({ messages }: Observation): string {
  const { error } = (messages.at(-1) ?? {}) as { readonly error?: { readonly data?: unknown } }
  return error?.data === undefined ? "" : ` ${JSON.stringify(error.data)}`
}

function messageSummary(message: unknown): string {
  const { result, error, method } = (message ?? {}) as {
    readonly result?: { readonly resultType?: unknown; readonly isError?: unknown }
    readonly error?: { readonly code?: unknown }
    readonly method?: unknown
  }
  if (error !== undefined) return `error ${String(error.code)}`
  if (method !== undefined) return String(method)
  return `result ${String(result?.resultType ?? "complete")}${result?.isError === true ? " isError" : ""}`
}

/**
 * Takes away what may differ without meaning anything: the wording of messages, the values of cache hints, sealed
 * states, titles that were made from names.
 */
function normalize(message: unknown): unknown {
  const isToolError = (message as { result?: { isError?: unknown } } | undefined)?.result?.isError === true
  const text = isToolError ? ["text"] : []
  return replace(message, new Set(["message", "ttlMs", "cacheScope", "requestState", ...text]))
}

/** Replaces the values of some fields by their type, so that only their presence and type are compared. */
function replace(value: unknown, names: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => replace(item, names))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      names.has(name) && typeof item !== "object" ? `<${typeof item}>` : replace(item, names),
    ]),
  )
}

function compareValues(at: string, ours: unknown, theirs: unknown): readonly Difference[] {
  if (isContainer(ours) && isContainer(theirs) && Array.isArray(ours) === Array.isArray(theirs)) {
    const names = new Set([...Object.keys(ours), ...Object.keys(theirs)])
    return [...names].flatMap((name) => compareValues(place(at, name, ours), ours[name], theirs[name]))
  }
  const [a, b] = [show(ours), show(theirs)]
  return a === b ? [] : [{ at, ours: a, theirs: b }]
}

type Container = { readonly [name: string]: unknown }

function isContainer(value: unknown): value is Container {
  return typeof value === "object" && value !== null
}

function place(at: string, name: string, parent: Container): string {
  if (Array.isArray(parent)) return `${at}[${name}]`
  return /^[\w-]+$/.test(name) ? `${at}.${name}` : `${at}["${name}"]`
}

function show(value: unknown): string {
  return value === undefined ? "absent" : JSON.stringify(value)
}
