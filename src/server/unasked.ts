import { clip } from "../shared/clip.ts"
import type { ServerLog } from "./server-log.ts"

/** Says that a handler has put a question and ended before it was asked. */
export function warnUnasked(log: ServerLog, question: unknown, method: string): void {
  const what = typeof question === "string" ? `The question \`${clip(question)}\`` : "A question"
  const message = `${what} of a \`${method}\` was never asked: its handler did not wait for the answer. Await it.`
  log({ level: "warning", message })
}
