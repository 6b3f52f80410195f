import type { CallRecord } from "./logging-record.ts"

/** Says in a few words what a record tells: `tools/call add ok 1.24 ms`. */
export function headOf(record: CallRecord): string {
  const { method, target, event, outcome, errorCode, error, durationMs, questions } = record
  const done = event === "start" ? "started" : outcome
  return [
    word(method),
    target && word(target),
    done,
    questions && `${questions} ${questions === 1 ? "question" : "questions"}`,
    errorCode,
    error && word(error),
    durationMs !== undefined && shownMs(durationMs),
  ]
    .filter((part) => part !== undefined && part !== false)
    .join(" ")
}

/** Writes a record as a line for people. The id of an error is not in it: the log adds it. */
export function lineOf(record: CallRecord): string {
  const { requestId, round, caller, session, principal, client, transport, revision, traceId } = record
  const { argumentsBytes, resultBytes, argumentsTokens, resultTokens } = record
  const pairs = Object.entries({
    ...{ id: requestId, round, caller, session, principal, client, transport, revision, trace: traceId },
    bytes: span(argumentsBytes, resultBytes),
    tokens: span(argumentsTokens, resultTokens),
    ...record.fields,
  })
  const payloads = Object.entries({
    message: record.errorMessage && inQuotes(record.errorMessage),
    arguments: record.arguments === "{}" ? undefined : record.arguments,
    result: record.result,
  })
  return [
    headOf(record),
    ...pairs.flatMap(([name, value]) =>
      value === undefined ? [] : [`${word(name)}=${word(String(value))}`],
    ),
    // JSON, which stands for itself.
    ...payloads.flatMap(([name, text]) => (text === undefined ? [] : [`${name}=${text}`])),
  ].join(" ")
}

/** What went in and what came out: `12>340`. */
function span(inside: number | undefined, outside: number | undefined): string | undefined {
  return inside === undefined && outside === undefined ? undefined : `${inside ?? "?"}>${outside ?? "?"}`
}

/** Writes a text so that it is one word: in quotes where it could be taken for several, or for another field. */
function word(text: string): string {
  return /^[\w.:/@+~%#>*…-]+$/.test(text) ? text : inQuotes(text)
}

/** A quote within could end it. */
function inQuotes(text: string): string {
  return `"${text.replaceAll('"', "'")}"`
}

function shownMs(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(ms >= 100_000 ? 0 : 2)} s`
  return `${ms.toFixed(ms >= 100 ? 0 : ms >= 10 ? 1 : 2)} ms`
}
