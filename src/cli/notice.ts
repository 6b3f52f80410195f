import picocolors from "picocolors"

/** Colours of what goes to standard error: none where that is no terminal, or `NO_COLOR` is set. */
export const paint: ReturnType<typeof picocolors.createColors> = /* @__PURE__ */ picocolors.createColors(
  /* @__PURE__ */ hasColors(process.stderr),
)

/** Whether a stream shows colours, by what it is and what `NO_COLOR` and `FORCE_COLOR` say. */
export function hasColors(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  if (NO_COLOR) return false
  if (FORCE_COLOR) return FORCE_COLOR !== "0"
  return stream.isTTY === true && TERM !== "dumb"
}

/** Says something on standard error, which never carries results. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** Warns of something that does not stop the work. */
export function warn(text: string): void {
  say(`${paint.yellow("warning")} ${text}`)
}
