import { connect, type Socket } from "node:net"
import { dueOf, judgeLines } from "./lines-judge.ts"
import type { LinesPlan } from "./lines-plan.ts"
import { mutateJson } from "./mutate.ts"
import type { Random } from "./random.ts"
import { answerTo } from "./session-corpus.ts"
import { toText } from "./values.ts"

/** One connection that is being played. */
export interface LinesGame {
  readonly plan: LinesPlan
  readonly random: Random
  readonly isForeign: (mark: string) => boolean
  /** Milliseconds that the server may take to part. */
  readonly patience: number
}

/** Plays a plan against a port that takes lines. Resolves to what is wrong, or `undefined`. */
export async function playLines(game: LinesGame, port: number): Promise<string | undefined> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true })
  try {
    return await new LinesPlayer(game, socket).play()
  } finally {
    socket.destroy()
  }
}

class LinesPlayer {
  readonly #game: LinesGame
  readonly #socket: Socket
  readonly #said: Buffer[] = []
  #heard = ""
  /** Answers to what the server asks, which go out between frames. */
  readonly #replies: Buffer[] = []
  #scanned = 0
  #notice: () => void = () => undefined
  readonly #ended: Promise<string | undefined>

  constructor(game: LinesGame, socket: Socket) {
    this.#game = game
    this.#socket = socket
    this.#ended = new Promise((resolve) => {
      // Who frames by headers is cut off in the middle of what it says.
      socket.once("error", (error) => resolve(this.#due().isFatal ? undefined : String(error)))
      socket.once("end", () => resolve(undefined))
      socket.once("close", () => resolve(undefined))
    })
    socket.setEncoding("utf8").on("data", (text: string) => this.#hear(text))
  }

  async play(): Promise<string | undefined> {
    const { plan, isForeign } = this.#game
    for (const frame of plan.frames) await this.#write(frame)
    if (plan.ending === "leave") {
      this.#socket.resetAndDestroy()
      return judgeLines(this.#heard, this.#due(), { isWhole: false, isForeign })
    }
    if (plan.ending === "answered") await this.#within("not all is answered", this.#answered())
    const left = performance.now()
    this.#socket.end()
    const problem = await this.#within("the server does not part", this.#ended)
    const due = this.#due()
    // The server waits so long, and not longer, for calls whose client has ended its input.
    const isWhole = !due.isFatal && performance.now() - left < graceMs
    return judgeLines(this.#heard, due, { isWhole, isForeign }) ?? problem
  }

  /** Waits for something or the end, but not for ever. Resolves to what is wrong. */
  async #within(problem: string, done: Promise<string | undefined>): Promise<string | undefined> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(problem), this.#game.patience)
    })
    try {
      return await Promise.race([done, this.#ended, late])
    } finally {
      clearTimeout(timer)
    }
  }

  #due() {
    return dueOf(Buffer.concat(this.#said))
  }

  async #write(frame: Buffer): Promise<void> {
    const ends = [...this.#game.plan.cuts.map((share) => Math.floor(share * frame.length)), frame.length]
    let start = 0
    for (const end of ends) {
      this.#say(frame.subarray(start, end))
      start = end
      if (ends.length > 1) await new Promise((resolve) => setImmediate(resolve))
    }
    // Within a line nothing else can be said.
    if (frame.at(-1) === 10) for (const reply of this.#replies.splice(0)) this.#say(reply)
  }

  #say(bytes: Buffer): void {
    if (!this.#socket.writable) return
    this.#said.push(bytes)
    this.#socket.write(bytes)
  }

  /** Resolves when no request is without an answer, as far as can be told, answering questions meanwhile. */
  async #answered(): Promise<undefined> {
    const isWhole = this.#said.at(-1)?.at(-1) === 10
    while (!this.#socket.destroyed) {
      if (isWhole) for (const reply of this.#replies.splice(0)) this.#say(reply)
      const { isForeign } = this.#game
      const open = judgeLines(this.#heard, this.#due(), { isWhole: true, isForeign })
      if (open === undefined || !isWhole) return undefined
      // Who is asked and does not answer has the call time out, which comes as an answer.
      await new Promise<void>((resolve) => {
        this.#notice = resolve
        if (this.#replies.length > 0) resolve()
        setTimeout(resolve, 50)
      })
    }
    return undefined
  }

  #hear(text: string): void {
    this.#heard += text
    const end = this.#heard.lastIndexOf("\n") + 1
    for (const line of this.#heard.slice(this.#scanned, end).split("\n")) {
      if (/^\{"jsonrpc":"2\.0","id":[^,]+,"method":/.test(line)) this.#reply(JSON.parse(line))
    }
    this.#scanned = Math.max(this.#scanned, end)
    this.#notice()
  }

  /** Answers a question of the server, more or less truthfully, or not at all. */
  #reply({ id, method }: { readonly id: string; readonly method: string }): void {
    const { random, plan } = this.#game
    const isHonest = random.chance(plan.honesty)
    if (!isHonest && random.chance(0.3)) return
    const response = { jsonrpc: "2.0", id, result: answerTo(method) }
    const line = Buffer.from(`${toText(isHonest ? response : mutateJson(random, response))}\n`)
    this.#replies.push(line)
    if (!isHonest && random.chance(0.3)) this.#replies.push(line)
  }
}

/** How long `serveStdio` waits, less what it may take to hear of it. */
const graceMs = 4500
