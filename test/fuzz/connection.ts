import { connect, type Socket } from "node:net"
import { judge, judgeOpen } from "./judge.ts"
import type { Plan } from "./plan.ts"
import { ResponseReader } from "./responses.ts"

/** How long a server may take, in milliseconds. */
export interface Bounds {
  /** For an answer. */
  readonly answer: number
  /** To close a connection on which nothing more comes. */
  readonly close: number
}

/** Plays a plan against a port. Resolves to what is wrong, or `undefined`. */
export function play(plan: Plan, port: number, bounds: Bounds): Promise<string | undefined> {
  return new Promise((resolve) =>
    new Player(plan, bounds, resolve).start(connect({ port, host: "127.0.0.1" })),
  )
}

class Player {
  readonly #plan: Plan
  readonly #bounds: Bounds
  readonly #done: (problem: string | undefined) => void
  readonly #reader: ResponseReader
  #timer: NodeJS.Timeout | undefined
  #judged = 0
  #sent = 0
  #isWriting = false
  #isOver = false

  constructor(plan: Plan, bounds: Bounds, done: (problem: string | undefined) => void) {
    this.#plan = plan
    this.#bounds = bounds
    this.#done = done
    this.#reader = new ResponseReader((index) => plan.requests[index]?.isHead === true)
  }

  start(socket: Socket): void {
    socket.setNoDelay(true)
    socket.on("error", () => undefined)
    socket.on("data", (bytes) => this.#guard(socket, () => this.#onData(socket, bytes)))
    socket.once("close", () => this.#finish(socket, this.#whenClosed()))
    socket.once("connect", () => this.#guard(socket, () => this.#go(socket)))
  }

  #go(socket: Socket): void {
    const { requests, isPipelined, ending } = this.#plan
    const next = isPipelined ? requests.slice(this.#sent) : requests.slice(this.#sent, this.#sent + 1)
    if (next.length === 0) {
      this.#finish(socket, undefined)
      return
    }
    this.#sent += next.length
    const bytes = Buffer.concat(next.map((request) => request.bytes))
    const isLast = this.#sent === requests.length
    if (isLast && ending !== "read") this.#breakOff(socket, bytes)
    else this.#write(socket, bytes, isLast && requests.at(-1)?.isWhole === false)
  }

  /** Sends a part of the last request, and then goes away or falls silent. */
  #breakOff(socket: Socket, bytes: Buffer): void {
    const part = bytes.subarray(0, Math.floor(bytes.length * (this.#plan.cuts[0] ?? 0.5)))
    socket.write(part, () => {
      if (this.#plan.ending === "leave") socket.resetAndDestroy()
    })
    this.#wait(socket, this.#bounds.close, "a request that never ends keeps its connection")
  }

  #write(socket: Socket, bytes: Buffer, isBroken: boolean): void {
    const ends = [...this.#plan.cuts.map((share) => Math.floor(share * bytes.length)), bytes.length]
    let at = 0
    this.#isWriting = true
    const step = (): void => {
      const end = ends.shift()
      if (end === undefined || socket.destroyed) {
        this.#isWriting = false
        // Nothing tells where a broken request ends; that nothing more comes, the server learns by this.
        if (isBroken) socket.end()
        // The answer may have come before the request was out.
        else if (this.#reader.whole.length >= this.#sent) this.#go(socket)
        return
      }
      socket.write(bytes.subarray(at, end))
      at = end
      if (ends.length > 0) setImmediate(step)
      else step()
    }
    this.#wait(socket, this.#bounds.answer, "no answer came in time")
    step()
  }

  #onData(socket: Socket, bytes: Buffer): void {
    this.#reader.push(bytes)
    const problem = this.#judgeNew()
    if (problem !== undefined) {
      this.#finish(socket, problem)
      return
    }
    const { requests } = this.#plan
    const isBroken = requests.at(this.#sent - 1)?.isWhole === false || this.#plan.ending !== "read"
    if (isBroken && this.#sent === requests.length) return
    if (this.#isWriting) return
    if (this.#reader.whole.length >= this.#sent) this.#go(socket)
    // A subscription stays open for as long as its client wants; ours has seen enough.
    else if (this.#reader.partial?.body.includes("subscriptions/acknowledged"))
      this.#finish(socket, undefined)
  }

  #judgeNew(): string | undefined {
    for (; this.#judged < this.#reader.whole.length; this.#judged++) {
      const answer = this.#reader.whole[this.#judged]
      const problem = answer && judge(answer, this.#plan.requests[this.#judged])
      if (problem !== undefined) return `answer ${this.#judged}: ${problem}`
    }
    return undefined
  }

  #whenClosed(): string | undefined {
    const { requests, ending } = this.#plan
    const due = requests.slice(0, this.#sent).filter(({ isWhole }) => isWhole).length
    const { whole, partial } = this.#reader
    if (ending !== "read" || whole.length >= due) return undefined
    // The parser gives up on a broken request at once, and on those before it in the pipeline.
    if (requests.at(this.#sent - 1)?.isWhole === false) return undefined
    // Nothing more is due after an answer that says so.
    if (whole.at(-1)?.headers.get("connection") === "close") return undefined
    const what = partial === undefined ? "without" : "within"
    return `the connection was closed ${what} answer ${whole.length}`
  }

  #wait(socket: Socket, ms: number, problem: string): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      const open = this.#reader.partial && judgeOpen(this.#reader.partial)
      this.#finish(socket, this.#reader.partial === undefined ? problem : open)
    }, ms)
  }

  #guard(socket: Socket, work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#finish(socket, String(error))
    }
  }

  #finish(socket: Socket, problem: string | undefined): void {
    if (this.#isOver) return
    this.#isOver = true
    clearTimeout(this.#timer)
    socket.destroy()
    this.#done(problem)
  }
}
