import { isUtf8 } from "node:buffer"
import { isObject, isRequestId, type Params } from "../../src/protocol/jsonrpc.ts"
import { judgeMessage } from "./judge.ts"
import { maxLine } from "./lines-plan.ts"
import { markPattern } from "./marks.ts"

/** What is due for what a client said. */
export interface Due {
  /** How many requests have an id: each is to be answered once. */
  readonly requests: ReadonlyMap<unknown, number>
  /** Ids whose answers may be missing: cancelled, or of a session that another has replaced. */
  readonly excused: ReadonlySet<unknown>
  /** Ids that may be answered without being those of requests. */
  readonly possible: ReadonlySet<unknown>
  /** How many errors without an id there are at least, and at most. */
  readonly nameless: { least: number; most: number }
  /** Whether the connection ends at some point, whatever else is said. */
  readonly isFatal: boolean
}

/** Reads what a client said as a server should. */
export function dueOf(said: Buffer): Due {
  const reader = new Reader()
  for (const line of linesOf(said)) if (!reader.isFatal) reader.read(line)
  return reader
}

class Reader implements Due {
  readonly requests: Map<unknown, number> = new Map()
  readonly excused: Set<unknown> = new Set()
  readonly possible: Set<unknown> = new Set()
  readonly nameless: { least: number; most: number } = { least: 0, most: 0 }
  isFatal = false

  read(line: Buffer): void {
    const text = line.length > maxLine || !isUtf8(line) ? undefined : line.toString().replace(/^\ufeff/, "")
    if (text?.trim() === "") return
    if (text !== undefined && /^content-length\s*:/i.test(text)) this.isFatal = true
    const message = text === undefined ? undefined : parse(text)
    if (message === undefined) {
      this.nameless.least++
      this.nameless.most++
      return
    }
    this.#message(message)
  }

  #message(message: unknown): void {
    if (Array.isArray(message)) {
      this.nameless.most += message.length + 1
      for (const each of message) this.#maybe(each)
      return
    }
    if (!isObject(message)) this.#maybe(message)
    else if (isRequest(message)) this.#request(message)
    else if ("id" in message || typeof message.method !== "string") this.#maybe(message)
    else if (message.jsonrpc !== "2.0" || !hasParams(message)) this.#maybe(message)
    else if (message.method === "notifications/cancelled" && isObject(message.params))
      this.excused.add(message.params.requestId)
  }

  #request({ id, method }: Params): void {
    const count = (this.requests.get(id) ?? 0) + 1
    this.requests.set(id, count)
    // While one of the name runs, another is refused without repeating it.
    if (count > 1) this.nameless.most++
    // It is answered when it ends, which is when its client has left.
    if (method === "subscriptions/listen") this.excused.add(id)
    // A new session replaces that of the connection, and ends what runs in it.
    if (method === "initialize") for (const each of this.requests.keys()) this.excused.add(each)
  }

  /** What is no message, or one of an array, may be answered by an error. */
  #maybe(message: unknown): void {
    this.nameless.most++
    if (!isObject(message)) return
    if (isRequestId(message.id)) this.possible.add(message.id)
    if (isObject(message.params)) this.excused.add(message.params.requestId)
  }
}

/** Says what is wrong with what a server said to a client; `undefined` when nothing is. */
export function judgeLines(said: string, due: Due, { isWhole, isForeign }: Judgement): string | undefined {
  const lines = said.split("\n")
  const rest = lines.pop()
  if (isWhole && rest !== "") return `the last line is cut off: ${rest?.slice(0, 100)}`
  const answers = new Map<unknown, number>()
  const asked = new Set<unknown>()
  for (const line of lines) {
    const foreign = line.match(markPattern)?.find(isForeign)
    if (foreign !== undefined) return `it hears of ${foreign}: ${line.slice(0, 200)}`
    const problem = line.startsWith("[") ? undefined : judgeMessage(line, false)
    if (problem !== undefined) return problem
    for (const message of [JSON.parse(line)].flat()) {
      const id = message.id ?? undefined
      if (message.method === undefined) answers.set(id, (answers.get(id) ?? 0) + 1)
      else if (id !== undefined && asked.size === asked.add(id).size) return `it is asked twice under ${id}`
    }
  }
  return judgeAnswers(answers, due, isWhole)
}

interface Judgement {
  /** Whether all that the server had to say was heard. */
  readonly isWhole: boolean
  /** Whether a mark is that of another client. */
  readonly isForeign: (mark: string) => boolean
}

function judgeAnswers(answers: ReadonlyMap<unknown, number>, due: Due, isWhole: boolean): string | undefined {
  for (const [id, count] of answers) {
    const most = id === undefined ? due.nameless.most : (due.requests.get(id) ?? 0)
    if (count > most && !due.possible.has(id)) return `${count} answers for ${shown(id)}, ${most} are due`
  }
  if (!isWhole) return undefined
  const nameless = answers.get(undefined) ?? 0
  if (nameless < due.nameless.least) return `${nameless} errors without id of ${due.nameless.least}`
  for (const [id] of due.requests) {
    if (!answers.has(id) && !due.excused.has(id)) return `no answer for ${shown(id)}`
  }
  return undefined
}

function linesOf(said: Buffer): readonly Buffer[] {
  const lines: Buffer[] = []
  let start = 0
  for (let end = said.indexOf(10); end !== -1; end = said.indexOf(10, start)) {
    lines.push(said.subarray(start, end))
    start = end + 1
  }
  return [...lines, said.subarray(start)]
}

function isRequest(message: Params): boolean {
  const { jsonrpc, id, method } = message
  const hasId = typeof id === "string" || Number.isSafeInteger(id)
  return jsonrpc === "2.0" && hasId && typeof method === "string" && hasParams(message)
}

function hasParams({ params }: Params): boolean {
  return params === undefined || isObject(params)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // What is no JSON is `undefined`, which JSON cannot say.
    return undefined
  }
}

function shown(id: unknown): string {
  return String(JSON.stringify(id)).slice(0, 60)
}
