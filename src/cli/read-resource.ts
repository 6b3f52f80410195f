import type { Command } from "commander"
import { BinaryOnTerminal, WrongUsage } from "../errors/dialogue.ts"
import { clip } from "../shared/clip.ts"
import { blocksOf, dataOf, nameOf, printJson, printText } from "./print/content.ts"
import { bytes } from "./print/layout.ts"
import { terminalLine } from "./print/terminal-text.ts"
import { save } from "./save.ts"
import { type Talk, talk } from "./talk.ts"
import { assertEnd, type TargetOptions } from "./target-options.ts"

/** Does `fleetmcp read`. */
export function readResource(command: Command): Promise<void> {
  return talk(command, read)
}

async function read({ server, words, options, output, notices }: Talk<TargetOptions>): Promise<void> {
  const [uri, ...others] = words
  if (uri === undefined)
    throw new WrongUsage("Which resource?", {
      fix: "`fleetmcp list <server> resources` shows those it offers.",
    })
  assertEnd(others)
  const result = await server.request("resources/read", { uri })
  notices.clear()
  if (options.json === true) {
    await printJson(result, output)
    return
  }
  for (const contents of blocksOf(result.contents)) {
    const data = dataOf(contents)
    const mimeType = typeof contents.mimeType === "string" ? contents.mimeType : undefined
    if (options.save !== undefined) {
      const path = await save(options.save, {
        name: nameOf(contents.uri ?? uri) ?? "content",
        mimeType,
        data,
      })
      notices.say(`${terminalLine(path, 500)} (${bytes(Buffer.byteLength(data))})`)
    } else if (typeof data === "string") await printText(data, output)
    else if (output.isTerminal) throw new BinaryOnTerminal(`\`${clip(uri, 200)}\` (${bytes(data.length)})`)
    else await output.write(data)
  }
}
