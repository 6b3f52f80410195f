/** The fields of an event of an event stream. */
export interface SseFields {
  /** The text; each of its lines becomes a `data:` line. */
  readonly data: string
  /** Default: none, which a client reads as `message`. */
  readonly event?: string | undefined
  /** What a client sends back as `Last-Event-ID`. */
  readonly id?: string | undefined
  /** How many milliseconds a client waits before it connects again. */
  readonly retry?: number | undefined
}

/**
 * Writes one event of an event stream.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function sseEvent(fields: SseFields): string {
  const { data, event, id, retry } = fields
  let head = ""
  if (event !== undefined) head += `event: ${oneLine(event)}\n`
  if (id !== undefined) head += `id: ${oneLine(id)}\n`
  if (retry !== undefined) head += sseRetryLine(retry)
  return head + sseData(data)
}

/** Writes an event that has only data: the shortest way for JSON, which has no line breaks. */
export function sseData(data: string): string {
  if (!data.includes("\n") && !data.includes("\r")) return `data: ${data}\n\n`
  return `data: ${data.split(/\r\n|\n|\r/).join("\ndata: ")}\n\n`
}

/** Writes a comment, which clients ignore: it keeps a quiet connection alive. */
export function sseComment(text = ""): string {
  return `: ${oneLine(text)}\n\n`
}

/** Writes how many milliseconds a client shall wait before it connects again. */
export function sseRetry(milliseconds: number): string {
  return `${sseRetryLine(milliseconds)}\n`
}

function sseRetryLine(milliseconds: number): string {
  return `retry: ${Math.max(0, Math.trunc(milliseconds))}\n`
}

/** A line break in a field would let its text forge further fields and events; a null makes clients drop an id. */
function oneLine(text: string): string {
  return text.replace(/[\r\n\0]+/g, " ")
}
