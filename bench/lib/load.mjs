/** Keep-alive HTTP/1.1 connections that repeat one prepared request, with the least parsing that is still honest. */
import net from "node:net"

const HEAD_END = Buffer.from("\r\n\r\n")
const LINE_FEED = 10
/** Reads are parsed before the next one starts, so one buffer serves all connections. */
const scratch = Buffer.allocUnsafeSlow(256 * 1024)
const STUCK_MS = 60_000
const ignore = () => undefined

/** One connection; `onResponse(status, bytes, body?)` fires for each whole answer. */
class Connection {
  onResponse = ignore
  onFailure = ignore
  capture = false
  failed = false
  #socket
  #head = ""
  #state = "head"
  #status = 0
  #remaining = 0
  #bytes = 0
  #body = []
  #line = ""

  constructor(port) {
    const callback = (size, buffer) => {
      this.#parse(buffer, size)
      return true
    }
    this.#socket = net.connect({ port, host: "127.0.0.1", onread: { buffer: scratch, callback } })
    this.#socket.setNoDelay(true)
    const fail = (error) => {
      this.failed = true
      this.onFailure(error)
    }
    this.#socket.on("error", fail)
    this.#socket.on("close", () => fail(new Error("the server closed the connection")))
  }

  send(request) {
    this.#socket.write(request)
  }

  close() {
    this.onResponse = ignore
    this.onFailure = ignore
    this.#socket.destroy()
  }

  #parse(buffer, size) {
    let at = 0
    while (at < size) {
      if (this.#state === "head") at = this.#readHead(buffer, at, size)
      else if (this.#state === "length" || this.#state === "chunk") at = this.#readData(buffer, at, size)
      else at = this.#readLine(buffer, at, size)
    }
  }

  #readHead(buffer, start, size) {
    const view = buffer.subarray(start, size)
    const end = this.#head === "" ? view.indexOf(HEAD_END) : -1
    if (end >= 0) {
      this.#begin(view.latin1Slice(0, end))
      return start + end + 4
    }
    const before = this.#head.length
    this.#head += view.latin1Slice(0, view.length)
    const joined = this.#head.indexOf("\r\n\r\n")
    if (joined < 0) return size
    this.#begin(this.#head.slice(0, joined))
    return start + joined + 4 - before
  }

  #begin(head) {
    this.#head = ""
    this.#status = Number(head.slice(9, 12))
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)
    this.#state = "size"
    if (length === null && !/\r\ntransfer-encoding: *chunked/i.test(head)) return this.#finish()
    if (length === null) return
    this.#remaining = Number(length[1])
    this.#state = "length"
    if (this.#remaining === 0) this.#finish()
  }

  #readData(buffer, start, size) {
    const end = Math.min(size, start + this.#remaining)
    if (this.capture) this.#body.push(Buffer.from(buffer.subarray(start, end)))
    this.#remaining -= end - start
    this.#bytes += end - start
    if (this.#remaining > 0) return end
    if (this.#state === "length") this.#finish()
    else this.#state = "gap"
    return end
  }

  /** Reads the line of a chunk's size, the empty line after a chunk, or the trailer. */
  #readLine(buffer, start, size) {
    const feed = buffer.indexOf(LINE_FEED, start)
    const end = feed < 0 || feed >= size ? size : feed + 1
    this.#line += buffer.latin1Slice(start, end)
    if (!this.#line.endsWith("\n")) return end
    const line = this.#line.trim()
    this.#line = ""
    if (this.#state === "gap") this.#state = "size"
    else if (this.#state === "trailer") line === "" && this.#finish()
    else {
      this.#remaining = Number.parseInt(line, 16)
      this.#state = this.#remaining === 0 ? "trailer" : "chunk"
    }
    return end
  }

  #finish() {
    const bytes = this.#bytes
    const body = this.capture ? Buffer.concat(this.#body).toString() : undefined
    this.#bytes = 0
    this.#body = []
    this.#state = "head"
    this.onResponse(this.#status, bytes, body)
  }
}

/** Sends `request` once and resolves to the whole answer. */
function once(connection, request) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no answer")), STUCK_MS)
    const settle = (finish, value) => {
      clearTimeout(timer)
      connection.capture = false
      connection.onResponse = ignore
      connection.onFailure = ignore
      finish(value)
    }
    connection.capture = true
    connection.onResponse = (status, bytes, body) => settle(resolve, { status, bytes, body })
    connection.onFailure = (error) => settle(reject, error)
    connection.send(request)
  })
}

/**
 * Opens one connection per prepared request and checks the first answer on each with `verify`.
 * Answers later must have the same status and weight; those that do not are counted as errors.
 */
export async function openLoad({ port, requests, verify }) {
  const lanes = requests.map((request) => ({ request, connection: new Connection(port), bytes: 0 }))
  const close = () => {
    for (const { connection } of lanes) connection.close()
  }
  try {
    await Promise.all(
      lanes.map(async (lane) => {
        const answer = await once(lane.connection, lane.request)
        verify(answer)
        lane.bytes = answer.bytes
      }),
    )
  } catch (error) {
    close()
    throw error
  }
  return { close, run: (limits) => drive(lanes, limits) }
}

/** Repeats every lane's request until `ms` have passed or `limit` answers came, and waits for those in flight. */
function drive(lanes, { ms, limit = Number.POSITIVE_INFINITY }) {
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const deadline = started + ms
    const stuck = setTimeout(() => reject(new Error("no answer")), ms + STUCK_MS)
    let live = lanes.length
    let requests = 0
    let errors = 0
    const retire = () => {
      live--
      if (live > 0) return
      clearTimeout(stuck)
      resolve({ requests, errors, ms: performance.now() - started })
    }
    for (const { request, connection, bytes } of lanes) {
      connection.onResponse = (status, size) => {
        requests++
        if (status !== 200 || size !== bytes) errors++
        if (requests >= limit || performance.now() >= deadline) return retire()
        connection.send(request)
      }
      const lose = () => {
        connection.onFailure = ignore
        errors++
        retire()
      }
      connection.onFailure = lose
      if (connection.failed) lose()
      else connection.send(request)
    }
  })
}
