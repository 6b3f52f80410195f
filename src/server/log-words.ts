import { shownError } from "./shown-error.ts"

/** What is written of a text and of what was thrown, which may say what is a client's. */
export function logWords(text: string, error: unknown): readonly unknown[] {
  return [error === undefined ? text : `${text} ${shownError(error)}`]
}
