import type { IncomingMessage } from "node:http"

/** Takes the text of a body, or nothing when it was larger than the limit. */
export type BodyReader = (text: string | undefined) => void

/**
 * Reads the body of a request, no further than `limit` bytes. A body that is cut off is never delivered: there is
 * nobody left to answer.
 */
export function readBody(req: IncomingMessage, limit: number, done: BodyReader): void {
  let first: Buffer | undefined
  let rest: Buffer[] | undefined
  let size = 0
  req.on("data", (chunk: Buffer) => {
    size += chunk.length
    if (size > limit) {
      // Stop listening; the connection is closed with the answer.
      req.removeAllListeners("data")
      req.removeAllListeners("end")
      done(undefined)
      return
    }
    if (first === undefined) first = chunk
    else if (rest === undefined) rest = [chunk]
    else rest.push(chunk)
  })
  req.on("end", () => {
    if (first === undefined) done("")
    else done(rest === undefined ? first.toString() : Buffer.concat([first, ...rest], size).toString())
  })
}
