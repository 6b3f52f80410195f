import { escaped } from "../shared/escaped.ts"

/** How far causes are followed, and how many errors of one are shown. */
const mostCauses = 5
const mostErrors = 10

/** The most characters of a stack, and of the fields of an error. */
const longest = 20_000

/**
 * Says for people what was thrown. What a handler puts into an error may be a client's: nothing in it drives a terminal,
 * and none of its lines begins as one of ours.
 */
export function shownError(error: unknown, depth = 0): string {
  try {
    if (!(error instanceof Error)) return lines(typeof error === "object" ? json(error) : String(error))
    const { stack, cause } = error
    let text = lines(typeof stack === "string" ? stack : String(error))
    const fields = fieldsOf(error)
    if (fields !== "{}") text += `\n    ${escaped(fields.slice(0, longest))}`
    if (depth >= mostCauses) return text
    if (cause !== undefined) text += `\n    [cause] ${shownError(cause, depth + 1)}`
    const errors: readonly unknown[] =
      error instanceof AggregateError ? error.errors.slice(0, mostErrors) : []
    for (const each of errors) text += `\n    [error] ${shownError(each, depth + 1)}`
    return text
  } catch {
    // What is thrown may be anything, also an object that cannot be looked into.
    return "(what was thrown cannot be shown)"
  }
}

function lines(text: string): string {
  const all = text.slice(0, longest).split(/\r?\n/)
  return all.map((line, at) => (at === 0 || line.startsWith("    ") ? "" : "    ") + escaped(line)).join("\n")
}

function fieldsOf(error: Error): string {
  return json({ ...error, cause: undefined, errors: undefined, stack: undefined, message: undefined })
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    // It is no JSON, such as one that holds itself.
    return "{}"
  }
}
