import { existsSync } from "node:fs"
import { filesIn } from "./files.ts"

/** A fenced block of TypeScript in a page. */
export interface Fence {
  /** The line of its first line of code, counted from 1. */
  readonly line: number
  /** What stands after the language: `nocheck: why`, `continues` or nothing. */
  readonly info: string
  readonly code: string
  /** The example the block is copied from: `examples/x.ts#region`. */
  readonly snippet: string | undefined
}

/** Lists the pages whose code is checked. */
export function pages(): readonly string[] {
  return ["README.md", "AGENTS.md", ...filesIn("docs", (path) => path.endsWith(".md"))].filter((path) =>
    existsSync(path),
  )
}

/** Finds the TypeScript blocks of a page. */
export function fences(text: string): readonly Fence[] {
  const found: Fence[] = []
  const lines = text.split("\n")
  for (let at = 0; at < lines.length; at++) {
    const opening = /^\s*(`{3,})(\w*)\s*(.*)$/.exec(lines[at] ?? "")
    if (!opening) continue
    const [indent, ticks = "```", language = "", info = ""] = [
      /^\s*/.exec(lines[at] ?? "")?.[0] ?? "",
      ...opening.slice(1),
    ]
    const end = lines.findIndex((line, index) => index > at && line.trim() === ticks)
    const close = end === -1 ? lines.length : end
    if (/^(ts|typescript)$/.test(language)) {
      const code = lines
        .slice(at + 1, close)
        .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
      found.push({ line: at + 2, info, code: code.join("\n"), snippet: markerAbove(lines, at) })
    }
    at = close
  }
  return found
}

function markerAbove(lines: readonly string[], fence: number): string | undefined {
  let at = fence - 1
  while (at >= 0 && lines[at]?.trim() === "") at--
  return /^\s*<!-- snippet: (\S+) -->\s*$/.exec(lines[at] ?? "")?.[1]
}
