import { clip } from "../shared/clip.ts"
import { quietTimeout } from "../shared/quiet-timer.ts"
import type { ServerLike } from "./load/server-like.ts"
import { paint, say } from "./notice.ts"

/** How long components may take to be counted, in milliseconds. */
const countMs = 1000

/** Says on standard error what is served, and where. */
export async function sayBanner(server: ServerLike, url: string): Promise<void> {
  const width = process.stderr.columns ?? 80
  const counts = await Promise.race([count(server), late()])
  const lines = [
    paint.bold(clip(`${server.name} ${server.version}`, width - 3)),
    // Whole, so that it can be copied.
    paint.cyan(url),
    ...(counts === undefined ? [] : [paint.dim(clip(counts, width - 3))]),
  ]
  say(`\n${lines.map((line) => `  ${line}`).join("\n")}\n`)
}

/** "3 tools · 1 prompt", or `undefined` where they cannot be listed. */
async function count(server: ServerLike): Promise<string | undefined> {
  try {
    const [tools, resources, templates, prompts] = await Promise.all([
      server.listTools(),
      server.listResources(),
      server.listTemplates(),
      server.listPrompts(),
    ])
    const all = { tool: tools, resource: resources, template: templates, prompt: prompts }
    const shown = Object.entries(all).filter(([, { length }]) => length > 0)
    return (
      shown.map(([kind, { length }]) => `${length} ${kind}${length === 1 ? "" : "s"}`).join(" · ") ||
      "no components"
    )
  } catch {
    // What cannot be listed is told to whoever asks for it; the server runs.
    return undefined
  }
}

function late(): Promise<undefined> {
  return new Promise((resolve) => quietTimeout(() => resolve(undefined), countMs))
}
