import type { CallRecord } from "./logging-record.ts"

/** Says in a few words what a record tells: `tools/call add ok 1.24 ms`. */
export function headOf(record: CallRecord): string {
  const { method, target, event, outcome, errorCode, error, durationMs, questions } = record
  let head = word(method)
  if (target !== undefined) head += ` ${word(target)}`
  head += ` ${event === "start" ? "started" : outcome}`
  if (questions !== undefined) head += ` ${questions} ${questions === 1 ? "question" : "questions"}`
  if (errorCode !== undefined) head += ` ${errorCode}`
  if (error !== undefined) head += ` ${word(error)}`
  return durationMs === undefined ? head : `${head} ${shownMs(durationMs)}`
}

/** Writes a record as a line for people. The id of an error is not in it: the log adds it. */
export function lineOf(record: CallRecord): string {
  const { argumentsBytes, resultBytes, argumentsTokens, resultTokens, fields } = record
  let line =
    headOf(record) +
    pair("id", record.requestId) +
    pair("round", record.round) +
    pair("caller", record.caller) +
    pair("session", record.session) +
    pair("principal", record.principal) +
    pair("client", record.client) +
    pair("transport", record.transport) +
    pair("revision", record.revision) +
    pair("trace", record.traceId) +
    pair("bytes", span(argumentsBytes, resultBytes)) +
    pair("tokens", span(argumentsTokens, resultTokens))
  for (const name in fields) line += pair(word(name), fields[name])
  if (record.errorMessage !== undefined) line += ` message=${inQuotes(record.errorMessage)}`
  // JSON, which stands for itself.
  if (record.arguments !== undefined && record.arguments !== "{}") line += ` arguments=${record.arguments}`
  return record.result === undefined ? line : `${line} result=${record.result}`
}

function pair(name: string, value: string | number | boolean | undefined): string {
  return value === undefined ? "" : ` ${name}=${word(String(value))}`
}

/** What went in and what came out: `12>340`. */
function span(inside: number | undefined, outside: number | undefined): string | undefined {
  return inside === undefined && outside === undefined ? undefined : `${inside ?? "?"}>${outside ?? "?"}`
}

/** Writes a text so that it is one word: in quotes where it could be taken for several, or for another field. */
function word(text: string): string {
  return /^[\w.:/@+~%#>*\u2026-]+$/.test(text) ? text : inQuotes(text)
}

/** A quote within could end it. */
function inQuotes(text: string): string {
  return `"${text.replaceAll('"', "'")}"`
}

function shownMs(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(ms >= 100_000 ? 0 : 2)} s`
  return `${ms.toFixed(ms >= 100 ? 0 : ms >= 10 ? 1 : 2)} ms`
}
