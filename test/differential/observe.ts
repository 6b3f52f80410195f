import type { Case, HttpRequest } from "./corpus/request.ts"

/** A server under comparison. */
export interface Subject {
  readonly fetch: (request: Request) => Promise<Response>
  /** Makes happen on the server what a case wants to happen. */
  readonly stimuli: { readonly [stimulus in NonNullable<Case["stimulus"]>]: () => void }
}

/** What one server answered. */
export interface Observation {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly kind: "empty" | "json" | "stream" | "text" | "hang"
  /** The messages of the body: one, or those of a stream in order. */
  readonly messages: readonly unknown[]
  /** The state to send back, where the answer asks something. */
  readonly requestState: unknown
}

/** The headers that mean something to a client. */
const compared = [
  "allow",
  "content-type",
  "mcp-session-id",
  "www-authenticate",
  "x-accel-buffering",
  "location",
]

/** How long an answer may take before it counts as none. */
const patience = 5_000

/** Sends a case to a server, follow-up included, and returns what came last. */
export async function observe(subject: Subject, entry: Case): Promise<Observation> {
  const first = await send(subject, entry, entry.request)
  return entry.next === undefined ? first : send(subject, entry, entry.next(first))
}

async function send(subject: Subject, entry: Case, request: HttpRequest): Promise<Observation> {
  const leaving = new AbortController()
  const response = await subject.fetch(toRequest(request, leaving.signal))
  const act = entry.stimulus === undefined ? undefined : subject.stimuli[entry.stimulus]
  // After the first message the stream is surely open.
  const answer = read(response, { take: entry.take, hear: (_, count) => count === 1 && act?.() })
  try {
    return await inTime(answer)
  } finally {
    leaving.abort()
  }
}

/** Gives an answer, or that there is none. */
export function inTime(answer: Promise<Observation>): Promise<Observation> {
  const late = new Promise<Observation>((resolve) => {
    const timer = setTimeout(() => resolve(hang), patience)
    answer.finally(() => clearTimeout(timer)).catch(() => undefined)
  })
  return Promise.race([answer, late])
}

const hang: Observation = { status: 0, headers: {}, kind: "hang", messages: [], requestState: undefined }

export function toRequest({ method, url, headers, body }: HttpRequest, signal: AbortSignal): Request {
  const entries = Object.entries(headers).filter(([, value]) => value !== undefined)
  const list = entries.map(([name, value]): [string, string] => [name, String(value)])
  return new Request(url, { method, headers: list, body: body ?? null, signal })
}

/** How an answer is read. */
export interface Reading {
  /** How many messages of a stream are wanted. Default: all. */
  readonly take?: number | undefined
  /** Hears each message of a stream, and the how manieth it is. */
  readonly hear?: (message: unknown, count: number) => unknown
}

/** Reads what one server answered. */
export async function read(response: Response, reading: Reading = {}): Promise<Observation> {
  const headers = Object.fromEntries(
    compared.flatMap((name) => {
      const value = response.headers.get(name)
      return value === null ? [] : [[name, value]]
    }),
  )
  const { status } = response
  const type = response.headers.get("content-type") ?? ""
  if (type.startsWith("text/event-stream")) {
    const messages = await readStream(response, reading)
    return { status, headers, kind: "stream", messages, requestState: stateOf(messages.at(-1)) }
  }
  const text = await response.text()
  if (text === "") return { status, headers, kind: "empty", messages: [], requestState: undefined }
  const message = parse(text)
  const kind = message === undefined ? "text" : "json"
  return { status, headers, kind, messages: [message ?? text], requestState: stateOf(message) }
}

async function readStream(
  response: Response,
  { take = Number.POSITIVE_INFINITY, hear }: Reading,
): Promise<readonly unknown[]> {
  const messages: unknown[] = []
  const decoder = new TextDecoder()
  let text = ""
  // A response of an event stream has a body, and Node's can be iterated.
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true })
    const events = text.split("\n\n")
    text = events.pop() ?? ""
    for (const event of events) {
      const data = /^data: ?(.+)$/m.exec(event)?.[1]
      // An event that only has an id says nothing.
      if (data === undefined || data.trim() === "") continue
      const message = parse(data)
      messages.push(message)
      hear?.(message, messages.length)
      if (messages.length >= take) return messages
    }
  }
  return messages
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Text that is no JSON is an answer too, if a poor one.
    return undefined
  }
}

function stateOf(message: unknown): unknown {
  return (message as { result?: { requestState?: unknown } } | undefined)?.result?.requestState
}
