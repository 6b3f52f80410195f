import { placeOf, shownPlace } from "./load/place.ts"
import { paint, say } from "./notice.ts"
import { terminalText } from "./print/terminal-text.ts"

/** The fields of an error of this package, or of another copy of it. */
export interface FleetErrorLike extends Error {
  readonly code: string
  readonly fix?: string | undefined
}

/** What a command ends with: see docs/cli.md. */
export const exitCodes: { readonly [name in "done" | "failed" | "misused"]: number } = {
  done: 0,
  failed: 1,
  misused: 2,
}

/** Tells an error of this package by its form: the class may be of another copy. */
export function looksLikeFleetError(error: unknown): error is FleetErrorLike {
  if (!(error instanceof Error && "code" in error && "fix" in error)) return false
  return typeof error.code === "string" && (error.fix === undefined || typeof error.fix === "string")
}

/** Says what went wrong, and what to do about it; with the stack where that is asked for. */
export function sayFailure(error: unknown, isVerbose: boolean): void {
  if (!looksLikeFleetError(error)) {
    say(`${paint.red("error")} ${readable(stackOf(error))}`)
    return
  }
  const { message, fix, code } = error
  const what =
    fix !== undefined && message.endsWith(fix)
      ? message.slice(0, message.length - fix.length).trimEnd()
      : message
  say(`${paint.red("error")} ${readable(what)}`)
  const place = placeOf(error) ?? placeOf(error.cause)
  if (place !== undefined && !what.includes(shownPlace(place))) say(`  at ${shownPlace(place)}`)
  if (fix !== undefined) say(`${paint.green("fix")}   ${readable(fix)}`)
  say(paint.dim(`code  ${code}`))
  if (isVerbose) say(`\n${readable(stackOf(error))}`)
}

/** Which code a command ends with that failed so. */
export function exitCodeOf(error: unknown): number {
  if (!looksLikeFleetError(error)) return exitCodes.failed
  if (error.code === "INVALID_SETTING") return exitCodes.misused
  return "exitCode" in error && typeof error.exitCode === "number" ? error.exitCode : exitCodes.failed
}

/** A message may quote a server, which must not reach a terminal as it is. */
function readable(text: string): string {
  return process.stderr.isTTY ? terminalText(text) : text
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const stack = error.stack ?? error.message
  return error.cause === undefined ? stack : `${stack}\nCaused by ${stackOf(error.cause)}`
}
