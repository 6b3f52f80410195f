import stringWidth from "fast-string-width"
import { wrapAnsi } from "fast-wrap-ansi"

/** Wraps a text, which may have colours, to lines of a width; those after the first are indented by `hanging` more. */
export function wrap(
  text: string,
  width: number,
  options: { indent?: number; hanging?: number } = {},
): string {
  const { indent = 0, hanging = 0 } = options
  const first = " ".repeat(indent)
  const others = " ".repeat(indent + hanging)
  return text
    .split("\n")
    .map((line) => {
      if (!Number.isFinite(width)) return first + line
      const room = Math.max(20, width - indent - hanging)
      return first + wrapAnsi(line, room, { hard: true }).replaceAll("\n", `\n${others}`)
    })
    .join("\n")
}

/** Puts a remark at the end of a line if there is room, on a line of its own below it otherwise. */
export function withRemark(line: string, remark: string, width: number): string {
  if (remark === "") return line
  const last = line.slice(line.lastIndexOf("\n") + 1)
  const fits = stringWidth(last) + 2 + stringWidth(remark) <= width
  return fits ? `${line}  ${remark}` : `${line}\n${wrap(remark, width, { indent: 6 })}`
}

/** Shortens a text to columns, not characters: an ideograph or an emoji takes two. */
export function shorten(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text
  let short = ""
  let room = columns - 1
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    room -= stringWidth(segment)
    if (room < 0) break
    short += segment
  }
  return `${short}…`
}

/** Writes a number of bytes for people: `12.3 kB`. */
export function bytes(count: number): string {
  if (count < 1_000) return `${count} B`
  const units = ["kB", "MB", "GB"]
  let value = count / 1_000
  let unit = 0
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1_000
    unit++
  }
  return `${value.toFixed(1)} ${units[unit]}`
}

/** Writes how many there are: `1 tool`, `2 tools`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`
}
