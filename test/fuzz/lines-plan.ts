import { rightMessage } from "./corpus.ts"
import { mutateBytes, mutateJson } from "./mutate.ts"
import type { Random } from "./random.ts"
import { hello, sessionNotification, sessionRequest } from "./session-corpus.ts"
import { hostileValue, type Json, toText } from "./values.ts"

/** The most bytes that a line may have for the servers under attack. */
export const maxLine = 65_536

/** What a client says on one connection. */
export interface LinesPlan {
  /** Pieces of what it says, each with the ends of its lines; the last may lack one. */
  readonly frames: readonly Buffer[]
  /** Where the bytes of each write end, as shares of a frame. */
  readonly cuts: readonly number[]
  /** How it parts: when it has all answers, at once, or without hearing them. */
  readonly ending: "answered" | "end" | "leave"
  /** How many answers to the server's own questions are right. */
  readonly honesty: number
}

/** Makes up a connection. The same chance makes the same plan. */
export function makeLinesPlan(random: Random, mark: string): LinesPlan {
  const count = random.weighted<number>([
    [2, () => 1 + random.below(3)],
    [6, () => 20 + random.below(40)],
    [1, () => 150],
  ])
  const style = random.pick(["session", "stateless", "both"] as const)
  const frames: Buffer[] = []
  if (style === "session" || random.chance(0.5)) frames.push(toLine(hello(random, "hello")))
  for (let id = 1; frames.length < count; id++) {
    const isSession = style === "session" || (style === "both" && random.chance(0.5))
    const message = random.chance(0.1)
      ? sessionNotification(random, [id - 1, id, id + 1])
      : isSession
        ? sessionRequest(random, id, mark)
        : rightMessage(random, id)
    frames.push(...changed(random, message, frames))
  }
  return {
    frames,
    cuts: random.chance(0.3) ? Array.from({ length: 1 + random.below(4) }, () => random.next()).sort() : [],
    ending: random.weighted([
      [5, () => "answered"],
      [4, () => "end"],
      [1, () => "leave"],
    ]),
    honesty: random.pick([1, 1, 0.7, 0]),
  }
}

function toLine(message: Json): Buffer {
  return Buffer.from(`${toText(message)}\n`)
}

/** A message as it is, or something that comes of it. */
function changed(random: Random, message: Json, before: readonly Buffer[]): readonly Buffer[] {
  const line = toLine(message)
  return random.weighted<readonly Buffer[]>([
    [60, () => [line]],
    [16, () => [toLine(mutateJson(random, message))]],
    [5, () => [mutateBytes(random, line)]],
    [2, () => [Buffer.concat([line, line])]],
    [2, () => [before.at(-1) ?? line]],
    [2, () => [Buffer.from(`\ufeff ${toText(message)} \r\n`)]],
    [2, () => [Buffer.from(random.pick(["\n", "\r\n", "  \n", "\0\n", "\n\n\n"]))]],
    [2, () => [Buffer.concat([line.subarray(0, -2), Buffer.from(random.pick(notUtf8)), Buffer.from("\n")])]],
    [2, () => [toLine(Array.from({ length: random.pick([0, 1, 3, 120]) }, () => message))]],
    [2, () => [toLine(hostileValue(random))]],
    [1, () => [toLine({ ...Object(message), padding: "x".repeat(maxLine) })]],
    [1, () => [toLine(hello(random, `again-${before.length}`))]],
    [0.2, () => [Buffer.from(`Content-Length: ${line.length}\r\n\r\n`), line]],
    [0.3, () => [line.subarray(0, -1)]],
  ])
}

const notUtf8 = [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x80]]
