/** An HTTP answer, as far as it has come. */
export interface Received {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** Reads answers from what a connection brings. */
export class ResponseReader {
  /** The answers that have come whole. */
  readonly whole: Received[] = []
  readonly #isHead: (index: number) => boolean
  #rest: Buffer = Buffer.alloc(0)

  /** @param isHead Whether the n-th answer has no body whatever its headers say. */
  constructor(isHead: (index: number) => boolean) {
    this.#isHead = isHead
  }

  push(bytes: Buffer): void {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    while (this.#take());
  }

  /** The answer that has begun and not ended, if one has. */
  get partial(): Received | undefined {
    const head = readHead(this.#rest)
    return head && { ...head, body: this.#rest.subarray(head.end).toString("utf8") }
  }

  /** Whether bytes are left that are no part of an answer that was taken. */
  get hasRest(): boolean {
    return this.#rest.length > 0
  }

  #take(): boolean {
    const head = readHead(this.#rest)
    if (head === undefined) return false
    const { status, headers, end } = head
    const isEmpty = status < 200 || status === 204 || status === 304 || this.#isHead(this.whole.length)
    const body = isEmpty ? { bytes: Buffer.alloc(0), end } : readBody(this.#rest, head)
    if (body === undefined) return false
    this.#rest = this.#rest.subarray(body.end)
    // 100 Continue is no answer yet.
    if (status >= 200) this.whole.push({ status, headers, body: body.bytes.toString("utf8") })
    return true
  }
}

interface Head {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly end: number
}

function readHead(bytes: Buffer): Head | undefined {
  const end = bytes.indexOf("\r\n\r\n")
  if (end === -1) return undefined
  const [start = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n")
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(start)?.[1]
  if (status === undefined) throw new Error(`this is no answer: ${JSON.stringify(start.slice(0, 200))}`)
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(":")
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
    }),
  )
  return { status: Number(status), headers, end: end + 4 }
}

function readBody(
  bytes: Buffer,
  { headers, end }: Head,
): { readonly bytes: Buffer; readonly end: number } | undefined {
  if (headers.get("transfer-encoding") === "chunked") return readChunks(bytes, end)
  // Without a length the body ends with the connection; only Node's own error answers are like that, and empty.
  const length = Number(headers.get("content-length") ?? 0)
  return bytes.length < end + length
    ? undefined
    : { bytes: bytes.subarray(end, end + length), end: end + length }
}

function readChunks(
  bytes: Buffer,
  start: number,
): { readonly bytes: Buffer; readonly end: number } | undefined {
  const chunks: Buffer[] = []
  for (let at = start; ; ) {
    const line = bytes.indexOf("\r\n", at)
    if (line === -1) return undefined
    const size = Number.parseInt(bytes.subarray(at, line).toString("latin1"), 16)
    if (Number.isNaN(size)) throw new Error("a chunk of the answer has no size")
    const next = line + 2 + size + 2
    if (bytes.length < next) return undefined
    if (size === 0) return { bytes: Buffer.concat(chunks), end: next }
    chunks.push(bytes.subarray(line + 2, line + 2 + size))
    at = next
  }
}
