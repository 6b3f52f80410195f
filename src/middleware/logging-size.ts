import type { Outcome } from "../protocol/call.ts"
import { utf8Length } from "../shared/utf8-length.ts"

/** Writes what a call is answered with as JSON, or takes the text where it was made already. */
export function resultText(outcome: Outcome): string | undefined {
  if (outcome.kind === "complete" && outcome.serialized?.result === outcome.result)
    return outcome.serialized.json
  return jsonText(resultOf(outcome))
}

/** What a call is answered with. */
export function resultOf(outcome: Outcome): unknown {
  switch (outcome.kind) {
    case "input-required":
      return outcome.requests
    case "failure":
      return outcome.error
    default:
      return outcome.result
  }
}

/** Writes a value as JSON, if it can be. */
export function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    // Cycles, numbers too big, getters that throw: it has no size that could be told.
    return undefined
  }
}

/** Counts the bytes of a text in UTF-8. */
export function bytesOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : utf8Length(text)
}

/**
 * Estimates how many tokens a model takes for a text: one for every four characters of ASCII and for every other
 * character. Base64 counts as it stands.
 */
export function tokensOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  let plain = 0
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) < 0x80) plain++
  return Math.ceil(plain / 4) + (text.length - plain)
}
